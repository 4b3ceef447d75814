import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2';
import { VigilError } from '../../../main/contract/failure.ts';
import { eventually } from '../eventually.ts';
import { type MisbehavingServer, spoiledServer } from '../misbehaving-ssh-server.ts';
import { grantNoWindow, ignoreGlobalRequests, showHostKey } from './ssh-internals.ts';
import type { SshRig } from './ssh-rig.ts';
import { fallSilent } from './stream-tricks.ts';

export type CommandVerdict = 'answered' | 'unreachable' | 'timeout' | 'refused' | 'closed by us';

/** A server that is asked to run something, and what the caller of the last command must be told. */
export interface CommandBehaviour {
  readonly kind: 'command';
  readonly title: string;
  readonly verdict: CommandVerdict;
  readonly start: (rig: SshRig) => Promise<MisbehavingServer>;
  readonly talk: (run: RunCommand, server: MisbehavingServer) => Promise<CommandVerdict>;
  readonly usesItsTime: boolean;
  /** Its connection is asked every `keepaliveMs` whether it lives; any other as seldom as is usual. */
  readonly isAskedOften: boolean;
  /** Beyond the deadline of its commands, which is not the only limit it meets. */
  readonly extraMs: (keepaliveMs: number) => number;
}

export type RunCommand = () => Promise<CommandVerdict>;

/** Of a whole talk. */
type More = Partial<Pick<CommandBehaviour, 'talk' | 'usesItsTime' | 'isAskedOften' | 'extraMs'>>;

function command(
  title: string,
  verdict: CommandVerdict,
  spoil: (connection: Connection, socket: Socket, rig: SshRig) => void,
  more: More = {},
): CommandBehaviour {
  return {
    kind: 'command',
    title,
    verdict,
    start: (rig) => spoiledServer(rig.config(), (connection, socket) => spoil(connection, socket, rig)),
    talk: (run) => run(),
    usesItsTime: false,
    isAskedOften: false,
    extraMs: () => 0,
    ...more,
  };
}
const slow: More = { usesItsTime: true };

export const commandBehaviours: readonly CommandBehaviour[] = [
  command(
    'exchanges keys anew',
    'answered',
    (connection) =>
      onCommand(connection, (channel) => {
        connection.rekey();
        answer(channel);
      }),
    { talk: twice },
  ),
  command('changes its host key in the middle of the session', 'unreachable', (connection, _socket, { otherKey }) =>
    onCommand(connection, (channel) => {
      showHostKey(connection, parsed(otherKey.file));
      connection.rekey();
      answer(channel);
    }),
  ),
  command('opens no channel', 'timeout', (connection) => void connection.on('session', () => {}), slow),
  command(
    'refuses the channel',
    'refused',
    (connection) => void connection.on('session', (_accept, reject) => reject()),
  ),
  command('refuses the command', 'refused', (connection) => {
    connection.on('session', (accept) => accept().on('exec', (_accept, reject) => reject()));
  }),
  command('ends the command without a status', 'answered', (connection) =>
    onCommand(connection, (channel) => {
      channel.write('done');
      channel.end();
    }),
  ),
  command('closes while the command runs', 'unreachable', (connection, socket) =>
    onCommand(connection, () => socket.destroy()),
  ),
  command('writes without end', 'timeout', (connection) => onCommand(connection, pourInto), slow),
  command(
    'takes no input',
    'answered',
    (connection) => {
      grantNoWindow(connection);
      onCommand(connection, answer);
    },
    // The second command tries a shell to keep first, which costs three seconds where it cannot be had.
    { talk: twice, extraMs: () => 3000 },
  ),
  command(
    'goes half open between two commands',
    'timeout',
    (connection, socket) => {
      let sessions = 0;
      connection.on('session', () => {
        sessions += 1;
        if (sessions === 2) fallSilent(socket);
      });
      onCommand(connection, answer);
    },
    { talk: twice, usesItsTime: true },
  ),
  command(
    'closes between two commands',
    'answered',
    (connection, socket) =>
      onCommand(connection, (channel) => {
        answer(channel);
        channel.once('close', () => socket.destroy());
      }),
    { talk: twice },
  ),
  command(
    'ignores that it is asked whether it lives',
    'closed by us',
    (connection) => {
      ignoreGlobalRequests(connection);
      onCommand(connection, answer);
    },
    {
      talk: async (run, server) => {
        const first = await run();
        if (first !== 'answered') return first;
        await eventually('the client leaves', () => server.openSockets() === 0, 120_000);
        return 'closed by us';
      },
      isAskedOften: true,
      // Three questions without an answer, and the one that notices.
      extraMs: (keepaliveMs) => 4 * keepaliveMs,
    },
  ),
];

/** What a caller is told, in one word. */
export async function verdictOf(work: Promise<unknown>): Promise<CommandVerdict> {
  try {
    await work;
    return 'answered';
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    const known = (['unreachable', 'timeout', 'refused'] as const).find((code) => code === error.code);
    if (known === undefined) throw error;
    return known;
  }
}

async function twice(run: RunCommand): Promise<CommandVerdict> {
  const first = await run();
  return first === 'answered' ? run() : first;
}

function onCommand(connection: Connection, serve: (channel: ServerChannel) => void): void {
  connection.on('session', (accept) => {
    accept().on('exec', (take) => serve(take()));
  });
}

function answer(channel: ServerChannel): void {
  channel.write('done');
  channel.exit(0);
  channel.end();
}

function pourInto(channel: ServerChannel): void {
  const more = () => {
    while (channel.writable && channel.write(Buffer.alloc(32 * 1024, 97)));
    channel.once('drain', more);
  };
  more();
}

function parsed(file: string): ParsedKey {
  const key = ssh2.utils.parseKey(readFileSync(file));
  if (key instanceof Error) throw key;
  return key;
}
