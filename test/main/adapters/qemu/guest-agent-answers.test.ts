import { describe, expect, it } from 'vitest';
import {
  cleanText,
  readAddresses,
  readFileSystems,
  readHostName,
  readOs,
} from '../../../../main/adapters/qemu/guest-agent-answers.ts';

describe('what an agent answers', () => {
  it('has its text cleaned and cut', () => {
    expect(readHostName({ 'host-name': 'web\u001b[31m\n\u202egnp.exe' })).toBe('web [31m gnp.exe');
    expect(readHostName({ 'host-name': 'x'.repeat(10_000_000) })).toHaveLength(253);
    expect(readHostName({ 'host-name': ' \u0000\u200b ' })).toBeNull();
    expect(cleanText('\u{1F600}'.repeat(10), 4)).toBe('\u{1F600}'.repeat(4));
  });

  it('names the system by its pretty name, or else its name', () => {
    expect(readOs({ 'pretty-name': 'Debian GNU/Linux 12 (bookworm)', name: 'Debian' })).toBe(
      'Debian GNU/Linux 12 (bookworm)',
    );
    expect(readOs({ 'pretty-name': 7, name: 'Alpine Linux' })).toBe('Alpine Linux');
    expect(readOs(JSON.parse('{"__proto__":{"name":"x"}}'))).toBeNull();
  });

  it('keeps addresses that lead somewhere: none of its own, none of the link, nothing that is no address', () => {
    const card = (name: unknown, ...addresses: unknown[]) => ({
      name,
      'ip-addresses': addresses.map((address) => ({ 'ip-address': address })),
    });
    expect(
      readAddresses([
        card('lo', '127.0.0.1', '::1'),
        card('eth0', '10.0.2.15', 'fe80::1', 'FD00::15', '169.254.1.1', '10.0.2.15; rm -rf /', 'x', 7, null),
        card(null, '10.0.0.1'),
        { name: 'eth1' },
      ]),
    ).toEqual([
      { interface: 'eth0', address: '10.0.2.15' },
      { interface: 'eth0', address: 'fd00::15' },
    ]);
    const many = Array.from({ length: 5000 }, () => card('eth0', ...Array.from({ length: 100 }, () => '10.0.0.1')));
    expect(readAddresses(many)).toHaveLength(64);
  });

  it('keeps file systems by mount point; sizes that make no sense are unknown', () => {
    const one = (mountpoint: unknown, used: unknown, total: unknown) => ({
      mountpoint,
      type: 'ext4',
      'used-bytes': used,
      'total-bytes': total,
    });
    const unknown = { type: 'ext4', usedBytes: null, totalBytes: null };
    expect(
      readFileSystems([
        one('/var', 5, 4),
        one('/', 25, 100),
        one('/a', -1, 10),
        one('/b', 1e300, 1e301),
        one('/c', '1', '2'),
        one('/d', 0, 0),
        one(7, 1, 2),
      ]),
    ).toEqual([
      { mount: '/', type: 'ext4', usedBytes: 25, totalBytes: 100 },
      { mount: '/a', ...unknown },
      { mount: '/b', ...unknown },
      { mount: '/c', ...unknown },
      { mount: '/d', ...unknown },
      { mount: '/var', ...unknown },
    ]);
    expect(readFileSystems(Array.from({ length: 1000 }, (_, index) => one(`/${index}`, 1, 2)))).toHaveLength(64);
  });
});
