import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';

/** What stands in for the agent's answer to one word: a value, an error, silence, or bytes of any kind. */
export type AgentAnswer =
  | { readonly return: unknown }
  | { readonly error: string }
  | { readonly silence: true }
  | { readonly bytes: Buffer | string };

/** A guest agent behind a socket as QEMU keeps it: it speaks to one client at a time and behaves as told. */
export interface AgentDouble {
  /** Every word it was given, oldest first; synchronisations left out. */
  readonly words: readonly string[];
  /** Times anybody connected. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** By command; what is not named is answered with an error. */
  readonly answers: Map<string, AgentAnswer>;
  /** In place of the answer to a synchronisation. */
  sync: AgentAnswer | null;
  /** Written to whoever connects. */
  greeting: Buffer | string;
  /** Answers carry the id of their question, as agents do since QEMU 5. */
  repeatsId: boolean;
  end(): Promise<void>;
}

export async function agentDouble(path: string): Promise<AgentDouble> {
  const words: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const double = {
    words,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    answers: new Map<string, AgentAnswer>(),
    sync: null as AgentAnswer | null,
    greeting: '' as Buffer | string,
    repeatsId: true,
    end: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(path, { force: true });
    },
  };
  const say = (socket: Socket, answer: AgentAnswer, id: unknown) => {
    if ('silence' in answer) return;
    if ('bytes' in answer) {
      socket.write(answer.bytes);
      return;
    }
    const tail = double.repeatsId && id !== undefined ? { id } : {};
    const line =
      'error' in answer ? { error: { class: 'GenericError', desc: answer.error }, ...tail } : { ...answer, ...tail };
    socket.write(`${JSON.stringify(line)}\n`);
  };
  const hear = (socket: Socket, line: string) => {
    const {
      execute,
      arguments: given,
      id,
    } = JSON.parse(line.slice(line.lastIndexOf('\xff') + 1)) as {
      execute: string;
      arguments?: { id?: number };
      id?: number;
    };
    if (execute === 'guest-sync-delimited') {
      const honest = Buffer.concat([Buffer.of(0xff), Buffer.from(`{"return":${given?.id}}\n`)]);
      say(socket, double.sync ?? { bytes: honest }, undefined);
      return;
    }
    words.push(execute);
    say(socket, double.answers.get(execute) ?? { error: `The command ${execute} has not been found` }, id);
  };
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.write(double.greeting);
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(socket, line);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return double;
}
