import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CliContext } from '../../../main/cli/cli-context.ts';
import type { RawListeners } from '../../../main/cli/raw-terminal.ts';
import { readSecret } from '../../../main/cli/read-secret.ts';
import type { ChannelSecrets } from '../../../main/contract/channel-secret.ts';
import { type AnsweringEngine, answeringEngine } from '../../support/answering-engine.ts';
import { runCliHere } from '../../support/cli-here.ts';

let rig: AnsweringEngine;
let home: string;
let refusal: ChannelSecrets['refusal'];
const kept = { slot: 'slack address', variable: 'VIGIL_SLACK_WEBHOOK_URL', source: 'store', trouble: null } as const;

beforeEach(async () => {
  refusal = null;
  rig = await answeringEngine({
    'channel.secrets': async () => ({
      refusal,
      secrets: [kept, { ...kept, slot: 'mail password', source: null, trouble: 'The key does not fit.' }],
    }),
    'channel.keep-secret': async () => kept,
    'channel.forget-secret': async () => ({ ...kept, source: null }),
  });
  home = rig.home;
});
afterEach(() => rig.end());

const vigil = (args: readonly string[], input?: string) =>
  runCliHere(home, ['monitor', 'channel', 'secret', ...args], input);
const asked = () => vi.mocked(rig.handlers['channel.keep-secret']).mock.calls.map(([input]) => input);

it('set reads the secret from the input, without the end of its line, and says nothing of it', async () => {
  const { exitCode, stdout, stderr } = await vigil(['set', 'slack-address'], 'https://c4n4ry.test/\n');
  expect([exitCode, stdout, stderr]).toEqual([0, 'the slack address is kept\n', '']);
  expect(asked()).toEqual([{ slot: 'slack address', secret: 'https://c4n4ry.test/' }]);
});

it('set takes no secret as an argument, and asks for none where none can be kept', async () => {
  const argument = await vigil(['set', 'slack-address', 'https://c4n4ry.test/'], 'x');
  expect(argument.exitCode).toBe(2);
  expect(argument.stdout + argument.stderr).not.toContain('c4n4ry');
  refusal = { message: 'There is no key store.', hint: 'Use the environment.' };
  const refused = await vigil(['set', 'slack-address'], 'x');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('There is no key store.');
  expect(asked()).toEqual([]);
});

it('list shows where each comes from and why one is of no use', async () => {
  const { exitCode, stdout, stderr } = await vigil(['list']);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['SECRET', 'FROM', 'VARIABLE'],
    ['slack-address', 'key store', 'VIGIL_SLACK_WEBHOOK_URL'],
    ['mail-password', 'cannot be opened', 'VIGIL_SLACK_WEBHOOK_URL'],
    [''],
  ]);
  expect(stderr).toBe('The key does not fit.\n');
});

it('forget forgets', async () => {
  expect(await vigil(['forget', 'slack-address'])).toMatchObject({
    exitCode: 0,
    stdout: 'the slack address is forgotten\n',
  });
  expect((await vigil(['forget', 'no-such'])).exitCode).toBe(2);
});

function typing() {
  let listeners: RawListeners | undefined;
  const closed = vi.fn();
  const said: string[] = [];
  const context = {
    rawTerminal: {
      isTyped: true,
      size: () => null,
      write: async () => true,
      open: (each: RawListeners) => {
        listeners = each;
        return closed;
      },
    },
    terminal: { out: () => undefined, err: (text: string) => said.push(text), hasColour: false, isWatched: false },
  } as unknown as CliContext;
  const secret = readSecret(context, 'mail password');
  return { secret, closed, said, type: (text: string) => listeners?.typed(Buffer.from(text)) };
}

it('a typed secret ends with Enter, can be mended, and is never shown', async () => {
  const { secret, closed, said, type } = typing();
  type('hé');
  type('\u007f');
  type('unter2x\b\r');
  expect(await secret).toBe('hunter2');
  expect(closed).toHaveBeenCalledOnce();
  expect(said.join()).toBe('Type the mail password; it is not shown. Enter ends it.');
});

it('Ctrl-C while typing changes nothing', async () => {
  const { secret, closed, type } = typing();
  type('hun\u0003');
  await expect(secret).rejects.toMatchObject({ code: 'cancelled' });
  expect(closed).toHaveBeenCalledOnce();
});
