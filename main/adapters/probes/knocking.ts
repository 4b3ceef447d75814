import { connect, isIP, Socket } from 'node:net';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { KnockAnswer, ProbeAnswer, ProbeFinding, Probes } from '../../engine/ports/probes.ts';
import { createGathering } from './gathering.ts';
import { bad, findingOf } from './probe-findings.ts';

/** So that none is late by as much as a second. */
const gatherMs = 750;
/** A few kilobytes each. */
const mostAtRest = 512;

type KnockLimits = Parameters<Probes['tcp']>[2];

/** One connection that is made, until it is told what came of it. */
interface Knock {
  readonly host: string;
  readonly port: number;
  readonly signal: StopSignal;
  readonly tell: (answer: KnockAnswer) => void;
  readonly timer: NodeJS.Timeout;
  readonly begunMs: number;
}

/** A socket that lasts longer than its connections: to make one costs as much as to connect it. */
interface Knocker {
  readonly socket: Socket;
  readonly giveUp: () => void;
  knock: Knock | null;
}

/** TCP connections that are made to be let go of, many together. */
export function createKnocking(): Probes['tcp'] {
  const gathering = createGathering(gatherMs);
  const atRest: Knocker[] = [];
  const rest = (rested: Knocker): void => {
    if (atRest.length < mostAtRest) atRest.push(rested);
  };
  const free = (): Knocker => atRest.pop() ?? createKnocker(rest);
  return (host, port, limits) =>
    new Promise((resolve) => {
      gathering.join(() => {
        const isHeld = (limits.holdMs ?? 0) > 0;
        // The search for a name cannot be called back: it would come to whoever has the socket by then.
        if (isHeld || isIP(host) === 0) knockAndHold(host, port, limits, resolve);
        else knockOnce(free, host, port, limits, resolve);
      });
    });
}

/** Everything that listens is made once, with the socket. */
function createKnocker(rest: (knocker: Knocker) => void): Knocker {
  const socket = new Socket();
  const knocker: Knocker = { socket, giveUp: () => endKnock(knocker, 'not-tried'), knock: null };
  // Nobody listens to what is said, and to make ready for reading is dear.
  socket.pause();
  // Without it each small packet waits for a delayed acknowledgement.
  socket.setNoDelay(true);
  socket.on('connect', () => endKnock(knocker, 'ok'));
  // An error without a listener would end the engine.
  socket.on('error', (error: NodeJS.ErrnoException) => endKnock(knocker, findingOf(error)));
  // Its last word: nothing of the connection before reaches whoever has the socket next.
  socket.on('close', () => rest(knocker));
  return knocker;
}

function knockOnce(
  free: () => Knocker,
  host: string,
  port: number,
  { timeoutMs, signal }: KnockLimits,
  tell: (answer: KnockAnswer) => void,
): void {
  if (signal.aborted) {
    tell({ ...bad('not-tried', `port ${port} of ${host}`), durationMs: 0 });
    return;
  }
  const knocker = free();
  const timer = setTimeout(endKnock, timeoutMs, knocker, 'timeout');
  knocker.knock = { host, port, signal, tell, timer, begunMs: performance.now() };
  signal.addEventListener('abort', knocker.giveUp);
  // Only a name has several addresses to choose from, and getting ready to choose costs as much as connecting.
  knocker.socket.connect({ host, port, autoSelectFamily: false });
}

/** Tells what came of it; the first time counts. */
function endKnock(knocker: Knocker, finding: ProbeFinding): void {
  const { knock, socket } = knocker;
  if (knock === null) return;
  knocker.knock = null;
  clearTimeout(knock.timer);
  knock.signal.removeEventListener('abort', knocker.giveUp);
  socket.destroy();
  const where = `port ${knock.port} of ${knock.host}`;
  const { reason } = finding === 'ok' ? taken(where) : bad(finding, where);
  knock.tell({ finding, reason, durationMs: Math.round(performance.now() - knock.begunMs) });
}

function knockAndHold(host: string, port: number, limits: KnockLimits, tell: (answer: KnockAnswer) => void): void {
  const { holdMs = 0 } = limits;
  const where = `port ${port} of ${host}`;
  let holding: NodeJS.Timeout | undefined;
  const end = knocking(where, limits, tell, () => {
    clearTimeout(holding);
    socket.destroy();
  });
  if (end === null) return;
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: isIP(host) === 0 });
  socket.once('connect', () => {
    if (holdMs === 0) {
      end(taken(where));
      return;
    }
    holding = setTimeout(() => end(taken(where)), holdMs);
    // Whoever speaks is there.
    socket.once('data', () => end(taken(where)));
    socket.once('end', () => end(bad('closed', where)));
    socket.once('close', () => end(bad('closed', where)));
  });
  // Stays for the socket's whole life: an error without a listener would end the engine.
  socket.on('error', (error: NodeJS.ErrnoException) => end(bad(findingOf(error), where)));
}

/** Begins a knock, within its limits; the result ends it, the first time. Null when it is not to begin. */
function knocking(
  where: string,
  { timeoutMs, signal }: KnockLimits,
  tell: (answer: KnockAnswer) => void,
  letGo: () => void,
): ((found: ProbeAnswer) => void) | null {
  if (signal.aborted) {
    tell({ ...bad('not-tried', where), durationMs: 0 });
    return null;
  }
  const begun = performance.now();
  let isOver = false;
  const end = ({ finding, reason }: ProbeAnswer): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    letGo();
    tell({ finding, reason, durationMs: Math.round(performance.now() - begun) });
  };
  const giveUp = (): void => end(bad('not-tried', where));
  const timer = setTimeout(() => end(bad('timeout', where)), timeoutMs);
  signal.addEventListener('abort', giveUp);
  return end;
}

function taken(where: string): ProbeAnswer {
  return { finding: 'ok', reason: `P${where.slice(1)} took the connection.` };
}
