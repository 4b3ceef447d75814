import { expect, it } from 'vitest';
import { canarySshRound } from '../../support/canary-ssh-round.ts';

/** B26 for SSH: keys in files and in an agent, every bad server, and a look everywhere. */
it('no private key is found anywhere, whatever the server does', async () => {
  const { secrets, places, hits, servers, offered } = await canarySshRound();
  console.log(
    `B26: R=1 M=${hits.length}; ${secrets} secrets of keys, ${places.length} places, ${offered} of ${servers} servers were offered a key`,
  );
  expect(hits).toEqual([]);
  expect(offered).toBeGreaterThanOrEqual(5);
  for (const kind of [/^state\.db$/, /^state\.db-wal \(after a kill\)/, /^logs\//, /^socket \d/, /^call /, /^answer /])
    expect(
      places.some(({ name }) => kind.test(name)),
      String(kind),
    ).toBe(true);
  // The keys were used: the real server let both in.
  expect(places.some(({ name, text }) => name === 'call health.check' && text.includes('"ok"'))).toBe(true);
});

it('control: a piece of a key where none belongs is found in files, answers of calls and on the socket', async () => {
  const { hits } = await canarySshRound({ leak: true });
  console.log('control:', hits);
  for (const where of [/state\.db/, /call /, /socket/])
    expect(
      hits.some((hit) => where.test(hit)),
      String(where),
    ).toBe(true);
});
