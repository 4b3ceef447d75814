import type { ConsoleMatch } from '../../../contract/console.ts';
import type { CheckMethod } from '../../../contract/health-check.ts';
import type { StopSignal } from '../../../contract/stop-signal.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HookRunEnd } from '../../ports/hook-scripts.ts';
import type { GuestLook } from '../../ports/machine-guest.ts';
import type { Probes } from '../../ports/probes.ts';
import type { Ssh } from '../../ports/ssh.ts';
import { type Symptom, symptomVerdicts } from '../check-verdicts.ts';
import type { CheckResult } from '../health-state.ts';
import type { InsideReport } from '../inside-report.ts';
import type { Watched } from '../watched-machine.ts';

/** What a check found, before it is said which one it was and how long it took. */
export interface Finding extends Pick<CheckResult, 'kind' | 'reason' | 'advice' | 'cause' | 'figure'> {
  /** Where the check knows better than whoever waits for it. */
  readonly durationMs?: number;
}

/** One way of looking at a machine. Nothing it finds out about us, our network or trust is ever held against the machine. */
export interface Check {
  readonly method: CheckMethod;
  /** What is looked at on this machine, null where there is only one of it; empty where it does not apply. */
  subjects(watched: Watched): readonly (string | null)[];
  run(subject: string | null, round: Round): Promise<Finding>;
}

/** What checks look through. */
export interface CheckPorts {
  readonly clock: Clock;
  readonly ssh: Ssh;
  readonly probes: Probes;
  /** Rejects when the process of a machine on this computer is gone, or is not the one that was started. */
  findProcess(id: string): Promise<void>;
  /** Null when it is no moment to ask. Never rejects. */
  askAgent(id: string): Promise<GuestLook | null>;
  /** The newest line of its console that holds a text, from an offset or from the begin of its run. */
  searchConsole(id: string, text: string, from: number | 'run'): Promise<ConsoleMatch | null>;
  /** Where its console ends now. */
  consoleEnd(id: string): Promise<number>;
  runScript(path: string, watched: Watched, limitMs: number, signal: StopSignal): Promise<CheckScriptEnd>;
  /** What the guest said of itself last; null when that is too old to go by. */
  guestValues(id: string): GuestValues | null;
}

export type CheckScriptEnd = HookRunEnd | { readonly kind: 'not-approved' };

/** Percentages 0 to 100; null where it did not say. */
export interface GuestValues {
  readonly memoryPercent: number | null;
  readonly diskPercent: number | null;
}

/** All checks of one machine, taken together once. */
export interface Round {
  readonly watched: Watched;
  readonly ports: CheckPorts;
  readonly timeoutMs: number;
  readonly signal: StopSignal;
  /** What came before does not count on the console. */
  readonly consoleFrom: number | 'run';
  /** Asked once for all who want to know. */
  ssh(): Promise<CheckResult>;
  /** What the machine says of itself over SSH; a sentence where it could not be asked. Asked once. */
  inside(): Promise<InsideReport | string>;
  /** How often a unit was restarted within the window, this round's counter included. */
  restartsOf(unit: string, report: InsideReport): number;
}

export function good(reason: string): Finding {
  return { kind: 'ok', reason, advice: null, cause: null };
}

/** Nothing can be said about the machine. */
export function unknowable(reason: string, advice: string | null = null): Finding {
  return { kind: 'unknown', reason, advice, cause: null };
}

/** The machine, or what is asked of it, does not answer. */
export function silent(reason: string, advice: string): Finding {
  return { kind: 'failed', reason, advice, cause: 'unreachable' };
}

export function symptom(found: Symptom, reason: string, advice: string): Finding {
  return { ...symptomVerdicts[found], reason, advice };
}
