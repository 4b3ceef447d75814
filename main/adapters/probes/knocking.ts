import { connect, isIP, Socket } from 'node:net';
import type { KnockAnswer, ProbeAnswer, Probes } from '../../engine/ports/probes.ts';
import { createGathering } from './gathering.ts';
import { bad, findingOf } from './probe-findings.ts';

/** So that none is late by as much as a second. */
const gatherMs = 750;
/** A few kilobytes each. */
const mostAtRest = 256;

type KnockLimits = Parameters<Probes['tcp']>[2];

/** What comes of a knock; of several the first counts. */
interface Awaited {
  taken(): void;
  failed(error: NodeJS.ErrnoException): void;
}

/** A socket that lasts longer than its connections: to make one costs as much as to connect it. */
interface Knocker {
  readonly socket: Socket;
  awaited: Awaited | null;
  /** Only one whose connection was taken is used again. */
  wasTaken: boolean;
}

/** TCP connections that are made to be let go of, many together. */
export function createKnocking(): Probes['tcp'] {
  const gathering = createGathering(gatherMs);
  const atRest: Knocker[] = [];
  const knocker = (): Knocker =>
    atRest.pop() ??
    createKnocker((rested) => {
      if (atRest.length < mostAtRest) atRest.push(rested);
    });
  return (host, port, limits) =>
    new Promise((resolve) => {
      gathering.join(() => {
        const isHeld = (limits.holdMs ?? 0) > 0;
        // The search for a name cannot be called back: it would come to whoever has the socket by then.
        if (isHeld || isIP(host) === 0) knockAndHold(host, port, limits, resolve);
        else knockOnce(knocker, host, port, limits, resolve);
      });
    });
}

function createKnocker(rest: (knocker: Knocker) => void): Knocker {
  const knocker: Knocker = { socket: new Socket(), awaited: null, wasTaken: false };
  const { socket } = knocker;
  // Nobody listens to what is said, and to make ready for reading is dear.
  socket.pause();
  // Without it each small packet waits for a delayed acknowledgement.
  socket.setNoDelay(true);
  socket.on('connect', () => {
    knocker.wasTaken = true;
    knocker.awaited?.taken();
  });
  // An error without a listener would end the engine.
  socket.on('error', (error: NodeJS.ErrnoException) => knocker.awaited?.failed(error));
  socket.on('close', () => {
    knocker.awaited = null;
    if (knocker.wasTaken) rest(knocker);
  });
  return knocker;
}

function knockOnce(
  free: () => Knocker,
  host: string,
  port: number,
  limits: KnockLimits,
  tell: (answer: KnockAnswer) => void,
): void {
  const where = `port ${port} of ${host}`;
  const end = knocking(where, limits, tell, () => knocker.socket.destroy());
  if (end === null) return;
  const knocker = free();
  knocker.wasTaken = false;
  knocker.awaited = { taken: () => end(taken(where)), failed: (error) => end(bad(findingOf(error), where)) };
  // Only a name has several addresses to choose from, and getting ready to choose costs as much as connecting.
  knocker.socket.connect({ host, port, autoSelectFamily: false });
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
