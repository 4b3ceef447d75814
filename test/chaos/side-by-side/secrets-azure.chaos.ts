import { expect, it } from 'vitest';
import { canaryAzureRound } from '../../support/canary-azure-round.ts';

/** B26 for Azure: every token, code and signature that passes while everything fails, and a look everywhere. */
it('no token of Azure is found outside of where it was put, whatever goes wrong', async () => {
  const { secrets, places, hits, accepted, echoed } = await canaryAzureRound();
  const sum = [...secrets.values()].reduce((all, count) => all + count, 0);
  console.log(`B26: R=1 M=${hits.length}; ${sum} secrets of Azure, ${places.length} places, ${echoed} said back`);
  console.log(Object.fromEntries(secrets));
  expect(hits).toEqual([]);
  expect([...secrets.keys()].sort()).toEqual([
    'access_token',
    'client_info',
    'code',
    'code_verifier',
    'device_code',
    'id_token',
    'refresh_token',
    'signature of a store',
  ]);
  // What a person accepted in clear is there, and so it can be found.
  expect(accepted).toContain('refresh_token in azure-sign-in.json (after a kill)');
  expect(echoed).toBeGreaterThanOrEqual(50);
  for (const kind of [
    /^state\.db$/,
    /^state\.db-wal \(after a kill\)/,
    /^logs\//,
    /^socket \d/,
    /^process \d/,
    /^event /,
    /^call /,
    /^answer /,
    /^handed over$/,
  ])
    expect(
      places.some(({ name }) => kind.test(name)),
      String(kind),
    ).toBe(true);
});

it('control: a token where none belongs is found in files, answers, calls, events and on the socket', async () => {
  const { hits } = await canaryAzureRound({ leak: true });
  console.log('control:', hits);
  for (const where of [/state\.db/, /answer/, /call /, /event /, /socket/])
    expect(
      hits.some((hit) => where.test(hit)),
      String(where),
    ).toBe(true);
});
