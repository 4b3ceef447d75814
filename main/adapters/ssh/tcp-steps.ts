import type { Socket } from 'node:net';
import type { SshFinding } from '../../engine/ports/ssh.ts';
import { JoiningSocket } from './joining-socket.ts';
import type { TimeBudget } from './time-budget.ts';
import { cleanText } from './untrusted-text.ts';

/** A step that did not get through: what it means, and a sentence about it. */
export interface StepFailure {
  readonly finding: Exclude<SshFinding, 'ok'>;
  readonly reason: string;
}

export type SocketStep = { readonly kind: 'good'; readonly socket: Socket } | ({ readonly kind: 'bad' } & StepFailure);

const tcpMs = 10_000;
const bannerMs = 10_000;
const largestGreetingBytes = 16 * 1024;
/** What OpenSSH's sshd says in place of its name, today and before version 9.8: it is alive, and a restart would not help. */
const turnedAway = /^(Not allowed at this time|Exceeded MaxStartups)\r?$/m;

/** Connects to the first address that takes it. `where` is how the target is called in sentences. */
export async function openTcp(
  addresses: readonly string[],
  port: number,
  where: string,
  budget: TimeBudget,
): Promise<SocketStep> {
  let failure: StepFailure = { finding: 'name-resolution', reason: `${where} has no address.` };
  for (const [index, address] of addresses.entries()) {
    // What is left is shared among the addresses that are left, so that a dead one does not use up the others' time.
    const share = Math.min(tcpMs, budget.remainingMs()) / (addresses.length - index);
    const end = await budget.step<Socket | Error>(share, (done) => {
      // Without `noDelay` each small packet waits some 40 ms for a delayed acknowledgement: five times slower in all.
      const socket = new JoiningSocket().setNoDelay(true).setKeepAlive(true, 30_000);
      socket.connect({ host: address, port });
      socket.once('connect', () => done(socket));
      // Stays for the socket's whole life: an error without a listener would end the engine.
      socket.on('error', (error) => {
        socket.destroy();
        done(error);
      });
      return () => socket.destroy();
    });
    if (end.kind === 'cancelled') return { kind: 'bad', ...cancelled };
    if (end.kind === 'late') {
      failure = { finding: 'timeout', reason: `No answer from ${where}: the TCP connection was not taken in time.` };
    } else if (end.value instanceof Error) {
      failure = tcpFailure(end.value, where);
    } else {
      return { kind: 'good', socket: end.value };
    }
  }
  return { kind: 'bad', ...failure };
}

/**
 * Waits until the other side has introduced itself as SSH and leaves the socket paused, with all that came put back. A
 * forwarded port of a guest that still boots is taken at once and stays silent, so that this is told from a handshake.
 */
export async function awaitBanner(socket: Socket, where: string, budget: TimeBudget): Promise<SocketStep> {
  const chunks: Buffer[] = [];
  const text = () => Buffer.concat(chunks).toString('latin1');
  const seen = () => (chunks.length === 0 ? 'nothing' : `“${cleanText(text())}”`);
  const end = await budget.step<'banner' | 'closed' | 'noise'>(bannerMs, (done) => {
    let size = 0;
    const settle = (outcome: 'banner' | 'closed' | 'noise') => {
      socket.off('data', onData);
      socket.off('close', onClose);
      done(outcome);
    };
    const onClose = () => settle('closed');
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (chunk.includes(0x0a) && /^SSH-[^\n]*\n/m.test(text())) {
        socket.pause();
        settle('banner');
      } else if (size > largestGreetingBytes) {
        settle('noise');
      }
    };
    socket.on('data', onData);
    socket.once('close', onClose);
    return () => {
      socket.off('data', onData);
      socket.off('close', onClose);
    };
  });
  if (end.kind === 'done' && end.value === 'banner' && !socket.destroyed) {
    socket.unshift(Buffer.concat(chunks));
    return { kind: 'good', socket };
  }
  socket.destroy();
  if (end.kind === 'cancelled') return { kind: 'bad', ...cancelled };
  if (turnedAway.test(text())) {
    return { kind: 'bad', finding: 'turned-away', reason: `${where} runs SSH but turns us away; it sent ${seen()}.` };
  }
  if (end.kind === 'late') {
    const reason = `${where} took the connection but did not introduce itself as SSH in time; it sent ${seen()}.`;
    return { kind: 'bad', finding: 'no-banner', reason };
  }
  if (end.value === 'closed' && chunks.length === 0) {
    return { kind: 'bad', finding: 'closed', reason: `${where} closed the connection before it introduced itself.` };
  }
  return { kind: 'bad', finding: 'no-banner', reason: `${where} does not speak SSH; it sent ${seen()}.` };
}

export const cancelled: StepFailure = { finding: 'not-tried', reason: 'The check was cancelled.' };

function tcpFailure(error: Error, where: string): StepFailure {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return { finding: 'refused', reason: `${where} refused the connection: nothing listens there.` };
    case 'ETIMEDOUT':
      return { finding: 'timeout', reason: `No answer from ${where}: the TCP connection was not taken in time.` };
    case 'ECONNRESET':
    case 'EPIPE':
      return { finding: 'closed', reason: `${where} closed the connection at once.` };
    case 'EMFILE':
    case 'ENFILE':
    case 'EADDRNOTAVAIL':
      return { finding: 'not-tried', reason: `This computer has no connection left to open (${code}).` };
    default:
      return { finding: 'unreachable', reason: `There is no way to ${where} (${code || cleanText(error.message)}).` };
  }
}
