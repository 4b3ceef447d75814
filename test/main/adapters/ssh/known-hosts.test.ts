import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { knownHost, knownHostName, matchesHost, parseKnownHosts } from '../../../../main/adapters/ssh/known-hosts.ts';

function blob(type: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(content)]);
}
const line = (names: string, type = 'ssh-ed25519', content = 'one') =>
  `${names} ${type} ${blob(type, content).toString('base64')}`;
const entriesFor = (text: string, name: string) => parseKnownHosts(text).filter((entry) => matchesHost(entry, name));
const judge = (text: string, name: string, key: Buffer, elsewhere = '') =>
  knownHost(entriesFor(text, name), entriesFor(elsewhere, 'web')).judge(key);

const mine = blob('ssh-ed25519', 'one');
const other = blob('ssh-ed25519', 'two');
const rsa = blob('ssh-rsa', 'three');

describe('known_hosts', () => {
  it.each([
    ['empty', ''],
    ['a comment', '# web ssh-ed25519 AAAA'],
    ['no key', 'web ssh-ed25519'],
    ['no base64', 'web ssh-ed25519 ???'],
    ['another type than its key', line('web', 'ssh-ed25519').replace('ssh-ed25519', 'ssh-rsa')],
    ['an unknown marker', `@trusted ${line('web')}`],
    ['a key too short for its own type', `web ssh-ed25519 ${Buffer.from([0, 0, 0, 200, 1]).toString('base64')}`],
    ['noise', '\0\u0001\u0002 \u0003 \u0004'],
    ['a marker alone', '@revoked'],
  ])('leaves out a line that is %s', (_what, text) => {
    expect(parseKnownHosts(text)).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['web', 'web', true],
    ['WEB', 'web', true],
    ['web,db', 'db', true],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'example.org', false],
    ['w?b', 'web', true],
    ['w?b', 'wb', false],
    ['*,!web', 'web', false],
    ['*,!web', 'db', true],
    ['!web', 'db', false],
    ['[web]:2222', '[web]:2222', true],
    ['web', '[web]:2222', false],
    [`${'*a'.repeat(40)}`, 'b'.repeat(200), false],
  ])('%s speaks about %s: %s', (names, name, expected) => {
    expect(entriesFor(line(names), name).length === 1).toBe(expected);
  });

  it('finds a hashed name, and no other', () => {
    const salt = Buffer.from('a salt of 20 bytes..');
    const hash = createHmac('sha1', salt).update('[web]:2222').digest('base64');
    const text = line(`|1|${salt.toString('base64')}|${hash}`);
    expect([entriesFor(text, '[web]:2222').length, entriesFor(text, 'web').length]).toEqual([1, 0]);
    expect(entriesFor(line('|1|broken'), 'web')).toEqual([]);
  });

  it('writes a port other than 22', () => {
    expect([knownHostName('Web', 22), knownHostName('Web', 2222)]).toEqual(['web', '[web]:2222']);
  });

  it('judges a key by what is known', () => {
    expect({
      known: judge(line('web'), 'web', mine),
      another: judge(line('web'), 'web', other),
      anotherType: judge(line('web'), 'web', rsa),
      oneOfTwo: judge(`${line('web')}\n${line('web', 'ssh-rsa', 'three')}`, 'web', rsa),
      nobody: judge('', 'web', mine),
      revoked: judge(`${line('web')}\n@revoked ${line('*')}`, 'web', mine),
      revokedOther: judge(`${line('web')}\n@revoked ${line('*', 'ssh-ed25519', 'two')}`, 'web', mine),
      authority: judge(`@cert-authority ${line('*', 'ssh-ed25519', 'two')}`, 'web', mine),
      authorityItself: judge(`@cert-authority ${line('*')}`, 'web', mine),
    }).toEqual({
      known: 'trusted',
      another: 'changed',
      anotherType: 'changed',
      oneOfTwo: 'trusted',
      nobody: 'unknown',
      revoked: 'revoked',
      revokedOther: 'trusted',
      authority: 'authority-only',
      authorityItself: 'authority-only',
    });
  });

  it('lets the name without its port vouch for a key, but not speak against one', () => {
    expect({
      vouched: judge('', '[web]:2222', mine, line('web')),
      different: judge('', '[web]:2222', other, line('web')),
      revoked: judge(line('[web]:2222'), '[web]:2222', mine, `@revoked ${line('web')}`),
    }).toEqual({ vouched: 'trusted', different: 'unknown', revoked: 'revoked' });
  });
});
