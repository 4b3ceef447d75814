import { createSsh } from '../../../main/adapters/ssh/ssh.ts';
import { createStopSource } from '../../../main/contract/stop-signal.ts';
import { sshCheckResult } from '../../../main/engine/health/ssh-check.ts';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Ssh } from '../../../main/engine/ports/ssh.ts';
import { createRealClock } from '../real-clock.ts';
import { recordingLog } from '../recording-log.ts';
import { type CheckBehaviour, checkBehaviours } from './check-behaviours.ts';
import { type CommandBehaviour, type CommandVerdict, commandBehaviours, verdictOf } from './command-behaviours.ts';
import type { SshRig } from './ssh-rig.ts';
import { wouldHeal } from './would-heal.ts';

/** In the order of the guide that lists them. */
export const sshBehaviours: readonly (CheckBehaviour | CommandBehaviour)[] = [...checkBehaviours, ...commandBehaviours];

export interface SshLimits {
  /** For behaviours that end by their deadline alone. */
  readonly shortMs: number;
  /** For all others: it bounds them and is not to be reached. */
  readonly longMs: number;
  readonly keepaliveMs: number;
}

/** What is wrong with how one behaviour was met; empty when all is right. */
export type Complaints = readonly string[];

/** The findings that speak about the machine. */
const aboutTheMachine: ReadonlySet<string> = new Set(['refused', 'timeout', 'unreachable', 'no-banner', 'closed']);
const usualKeepaliveMs = 20_000;
const graceMs = 1000;
const leavingMs = 2000;

export type MakeSsh = (rig: SshRig, clock: Clock, keepaliveMs: number) => Ssh;

export const makeOurSsh = (rig: Pick<SshRig, 'folder' | 'knownHosts'>, clock: Clock, keepaliveMs: number): Ssh =>
  createSsh({
    home: rig.folder,
    clock,
    log: recordingLog(),
    knownHostsFiles: [rig.knownHosts],
    agentPath: null,
    keepaliveMs,
  });

/** Lets a client meet one server, once. */
export async function tryBehaviour(
  behaviour: CheckBehaviour | CommandBehaviour,
  rig: SshRig,
  limits: SshLimits,
  makeSsh: MakeSsh = makeOurSsh,
): Promise<Complaints> {
  const clock = createRealClock();
  const isAskedOften = behaviour.kind === 'command' && behaviour.isAskedOften;
  const ssh = makeSsh(rig, clock, isAskedOften ? limits.keepaliveMs : usualKeepaliveMs);
  const server = await behaviour.start(rig);
  const target = { ...rig.target(server.port), ...('target' in behaviour ? behaviour.target : {}) };
  const deadlineMs = behaviour.usesItsTime ? limits.shortMs : limits.longMs;
  const signal = createStopSource().signal;
  const wrong: string[] = [];
  try {
    if (behaviour.kind === 'check') {
      const begun = performance.now();
      const found = await soon(ssh.check(target, deadlineMs, signal), deadlineMs + graceMs);
      if (found === 'too late') return [`was not answered ${graceMs} ms after its deadline of ${deadlineMs} ms`];
      if (performance.now() - begun > deadlineMs + graceMs) wrong.push('took longer than its deadline');
      if (found.finding !== behaviour.verdict) wrong.push(`found ${found.finding}: ${found.reason}`);
      if (found.reason.length > 500 || /\p{Cc}/u.test(found.reason)) wrong.push(`says ${JSON.stringify(found.reason)}`);
      const heals = wouldHeal(sshCheckResult(found));
      if (heals !== aboutTheMachine.has(behaviour.verdict))
        wrong.push(heals ? 'would be healed' : 'would not be healed');
      if (server.attempts.some((method) => method !== 'publickey')) wrong.push(`was shown ${server.attempts.join()}`);
      if (isBeforeTrust(behaviour) && server.attempts.length > 0) wrong.push('was told about us without being trusted');
    } else {
      const mostMs = deadlineMs + graceMs + behaviour.extraMs(limits.keepaliveMs);
      let verdict: CommandVerdict | 'too late' = 'too late';
      const run = async () => {
        verdict = await soon(verdictOf(ssh.run(target, 'anything', deadlineMs, signal)), deadlineMs + graceMs);
        return verdict === 'too late' ? 'timeout' : verdict;
      };
      const end = await soon(behaviour.talk(run, server), 2 * mostMs);
      if (end === 'too late' || verdict === 'too late') wrong.push('was not answered in time');
      else if (end !== behaviour.verdict) wrong.push(`ended with ${end}`);
    }
    await ssh.forget();
    if (clock.waiting > 0) wrong.push(`left ${clock.waiting} timers`);
    const isAlone = await until(() => server.openSockets() === 0, leavingMs);
    if (!isAlone) wrong.push(`left ${server.openSockets()} sockets`);
    return wrong;
  } finally {
    await server.close();
  }
}

/** All of them, some at once; the complaints under their titles. */
export async function tryAll(
  behaviours: readonly (CheckBehaviour | CommandBehaviour)[],
  atOnce: number,
  rig: SshRig,
  limits: SshLimits,
): Promise<ReadonlyMap<string, Complaints>> {
  const waiting = [...behaviours];
  const complaints = new Map<string, Complaints>();
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      complaints.set(next.title, await tryBehaviour(next, rig, limits));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return complaints;
}

/** Whether the account and its key must stay untold. */
function isBeforeTrust({ verdict }: CheckBehaviour): boolean {
  return verdict.startsWith('host-key') || verdict === 'protocol';
}

async function soon<T>(work: Promise<T>, limitMs: number): Promise<T | 'too late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'too late'>((resolve) => {
    timer = setTimeout(() => resolve('too late'), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function until(question: () => boolean, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!question()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}
