import type { CallContext, Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { HealingDecision, HealingGuard, HealingRung, HealingStatus } from '../../contract/healing.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { WatchConfig } from '../../contract/lifecycle.ts';
import { maintenanceEnd } from '../../contract/maintenance-window.ts';
import type { HealthEvidence } from '../health/health-evidence.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { createSerialByKey } from '../lifetime/serial.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { HealingPauseRecord, HealingRecord, StateChange } from '../ports/state-store.ts';
import { chooseLadder, type Means } from './choose-ladder.ts';
import { createFarDoubt } from './far-doubt.ts';
import { createFleetIllness } from './fleet-illness.ts';
import {
  caseAfterFailure,
  caseAfterIntent,
  caseAfterOutcome,
  caseAfterSuccess,
  caseCalledOff,
  caseReleased,
  newCase,
} from './healing-cases.ts';
import { keepHealingPause } from './healing-pause.ts';
import { type Failure, type HealingVerdict, judgeHealing, type Situation, stillAllowed } from './judge-healing.ts';
import type { ObserverDesk } from './observer.ts';
import { failureOf, type Patient } from './patient.ts';
import { rehearsePolicy } from './rehearse-policy.ts';
import { askBudget, machineLimits, stableMs, unitLimits } from './restart-budget.ts';
import { actWords, decisionHappening, outcomeHappening } from './tell-healing.ts';

/**
 * Watches over what is not well, decides by the guard chain, and acts. Invariants:
 * 1. A machine is considered one case at a time; nothing is done to it that a fresh look a moment before would not allow.
 * 2. What is about to be done, and the budget it uses, are durable before it is done. How it ended is written after, once.
 * 3. Every decision that differs from the one before it is an entry of the journal, with the guard that spoke.
 */
export interface HealingDesk {
  readonly handlers: Pick<
    Handlers,
    | 'lifecycle.pause'
    | 'lifecycle.resume'
    | 'lifecycle.release'
    | 'lifecycle.healing'
    | 'lifecycle.healing-pause'
    | 'lifecycle.rehearse'
  >;
  /** A check came back, or the machine, its configuration or its surroundings changed. */
  consider(id: string): void;
  /** The configuration changed. */
  considerAll(): void;
  status(id: string): HealingStatus | null;
  /** A person has just worked on it. */
  touched(id: string): void;
  /** Takes up what an earlier life left, then begins. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface HealingPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly observer: ObserverDesk;
  /** Every machine and host there is. */
  ids(): readonly string[];
  /** Null for one that is not watched, or is gone. */
  patient(id: string): Patient | null;
  kindOf(id: string): Patient['kind'];
  evidence(id: string): HealthEvidence | null;
  /** Asked now: who inside answers although a check fails. */
  signsOfLife(id: string, since: number): Promise<readonly string[]>;
  /** Asked before an act: when somebody did something to it where nobody asks us, since then; null when nobody did. */
  actedElsewhere(id: string, since: number): Promise<number | null>;
  means(patient: Patient, evidence: HealthEvidence | null): Means;
  /** What is being done to it, in a word. */
  operationOf(id: string): string | null;
  resolve(reference: string): { readonly id: string; readonly name: string };
  /** Does it, and says what was done; rejects when it could not be done. */
  perform(rung: HealingRung, patient: Patient, means: Means, by: CallContext): Promise<string>;
  /** The machine's view has changed. */
  announce(id: string): void;
  /** A unit or the machine itself was restarted from inside: what the checks knew is void. */
  restarted(id: string): void;
  /** Every entry about it since then, oldest first. */
  story(id: string, since: number): Promise<readonly JournalEntry[]>;
  readonly settings: () => { readonly quietMs: number };
  readonly account: string;
}

export interface StoredHealing {
  readonly records: readonly HealingRecord[];
  readonly pause: HealingPauseRecord | null;
  /** Wall-clock milliseconds at which a person last worked on each machine. */
  readonly lastActions: ReadonlyMap<string, number>;
}

interface Case {
  record: HealingRecord;
  decision: HealingDecision | null;
  failure: Failure | null;
  /** Tells decisions apart that say the same in other words. */
  key: string;
  cancelTimer: () => void;
  isWaiting: boolean;
}

const lasting: ReadonlySet<HealingGuard> = new Set(['policy', 'failure-kind', 'wanted']);
/** Restarts of the whole fleet that count against its budget. */
const fleetWindowMs = 600_000;
const dayMs = 86_400_000;
/** As far back as an intent without an outcome is looked for. */
const longestAwayMs = 90 * dayMs;

export function createHealingDesk(ports: HealingPorts, stored: StoredHealing): HealingDesk {
  const { clock, ledger, log } = ports;
  const cases = new Map<string, Case>();
  const lastActions = new Map(stored.lastActions);
  const serial = createSerialByKey();
  const illness = createFleetIllness();
  const farDoubt = createFarDoubt(clock, ports.notices, ports.observer);
  const pause = keepHealingPause({ clock, ledger, notices: ports.notices, changed: () => considerAll() }, stored.pause);
  /** Not before what an earlier life left is written down. */
  let hasBegun = false;
  let isStopped = false;

  for (const record of stored.records) cases.set(record.machineId, caseOf(record));

  const present = (id: string): Case => {
    const known = cases.get(id) ?? caseOf(newCase(id));
    cases.set(id, known);
    return known;
  };
  const rowOf = (record: HealingRecord): StateChange => ({ kind: 'healing-put', healing: record });
  const keep = (it: Case, record: HealingRecord, ...happenings: readonly Happening[]): void => {
    if (record === it.record && happenings.length === 0) return;
    it.record = record;
    ledger.record([rowOf(record)], ...happenings);
  };
  const situationOf = async (
    it: Case,
    patient: Patient,
    failure: Failure,
  ): Promise<{ situation: Situation; means: Means }> => {
    const evidence = ports.evidence(patient.id);
    const { watch } = patient;
    const intervalMs = watch.check_interval_seconds * 1000;
    const [observer, signs] = await Promise.all([
      ports.observer.look(failure.since, evidence?.remoteHost ?? null, graceOf(watch)),
      patient.end === null ? ports.signsOfLife(patient.id, failure.since) : [],
    ]);
    const means = ports.means(patient, evidence);
    const now = clock.wallNow();
    const others = [...cases.values()].filter(({ record }) => record.machineId !== patient.id);
    const situation: Situation = {
      now,
      name: patient.name,
      policy: watch.restart_policy,
      dryRun: watch.dry_run,
      failure,
      wanted: patient.wanted,
      state: patient.state,
      operation: ports.operationOf(patient.id),
      pausedUntil: pause.until(),
      maintenanceUntil: maintenanceEnd(watch.maintenance, now),
      lastActionAt: lastActions.get(patient.id) ?? null,
      quietMs: ports.settings().quietMs,
      startAllowanceUntil: evidence?.startAllowanceUntil ?? null,
      isRemote: (evidence?.remoteHost ?? null) !== null,
      observer,
      fleet: illness.around(patient.id, evidence?.remoteHost ?? null, ports.ids(), intervalMs, now),
      contradictions: [...signs, ...(evidence?.contradictions ?? [])],
      sickParents: watch.depends_on.filter((name) => isSick(name)),
      ladder: chooseLadder(patient, failure, means, it.record.tried, it.record.unit),
      unitBudget: askBudget(it.record.unit, unitLimits, now),
      machineBudget: askBudget(it.record.machine, machineLimits, now),
      healingNow: [...cases.values()].filter(({ record }) => record.acting !== null && record.acting !== 'restart-unit')
        .length,
      healedLately: others.filter(({ record }) => wasRestartedLately(record, now)).length,
    };
    return { situation, means };
  };

  const isSick = (reference: string): boolean => {
    try {
      const { id } = ports.resolve(reference);
      const patient = ports.patient(id);
      return patient !== null && failureOf(patient, ports.evidence(id)) !== null;
    } catch {
      // It is gone: nothing to wait for.
      return false;
    }
  };

  const lookAgainAt = (id: string, it: Case, until: number | null): void => {
    it.cancelTimer();
    it.cancelTimer = () => {};
    if (until === null || !Number.isFinite(until) || isStopped) return;
    it.cancelTimer = clock.after(Math.max(0, until - clock.wallNow()), () => consider(id));
  };

  /** Writes a decision down when it is another one than before. */
  const tell = (it: Case, patient: Patient, failure: Failure, verdict: HealingVerdict): void => {
    const key = JSON.stringify([
      verdict.kind,
      'guard' in verdict ? verdict.guard : verdict.rung,
      failure.kind,
      failure.since,
    ]);
    const until = 'until' in verdict && verdict.until !== null ? isoTime(verdict.until) : null;
    if (key === it.key && it.decision !== null) {
      it.decision = { ...it.decision, reason: verdict.reason, until };
      return;
    }
    it.key = key;
    const [entry] = verdict.kind === 'act' ? [] : ledger.record([], decisionHappening(patient, failure, verdict));
    it.decision = {
      at: isoTime(clock.wallNow()),
      kind: verdict.kind,
      guard: 'guard' in verdict ? verdict.guard : null,
      rung: 'rung' in verdict ? verdict.rung : null,
      reason: verdict.reason,
      until,
      journalId: entry?.id ?? null,
    };
    ports.announce(patient.id);
  };

  const act = async (
    it: Case,
    patient: Patient,
    failure: Failure,
    verdict: Extract<HealingVerdict, { kind: 'act' }>,
    means: Means,
  ): Promise<void> => {
    const before = it.record;
    const { rung } = verdict;
    const intended = caseAfterIntent(before, rung, clock.wallNow());
    it.record = intended;
    const [intent] = await ledger
      .commit([rowOf(intended)], {
        action: 'healing.intended',
        actor: 'engine',
        machine: patient,
        summary: `Vigil is about to ${actWords(rung, patient, means)}: ${failure.reason}`,
        details: { rung, policy: patient.watch.restart_policy, failure: failure.kind },
      })
      .catch((error: unknown) => {
        // What could not be written down is not done.
        it.record = before;
        throw error;
      });
    if (intent === undefined) return;
    if (it.decision !== null) it.decision = { ...it.decision, journalId: intent.id };
    const now = ports.patient(patient.id);
    const nowFailing = now === null ? null : failureOf(now, ports.evidence(patient.id));
    const refusal =
      now === null || nowFailing === null
        ? ({ guard: 'wanted', reason: 'It is well again, or no longer watched.' } as const)
        : stillAllowed((await situationOf(it, now, nowFailing)).situation);
    if (refusal !== null || isStopped) {
      const reason = isStopped ? 'Vigil is ending.' : (refusal?.reason ?? '');
      keep(it, caseCalledOff(before), outcomeHappening(patient, rung, 'called-off', reason, intent.id));
      return;
    }
    const by: CallContext = { user: ports.account, face: 'engine', cause: intent.id };
    try {
      const said = await ports.perform(rung, patient, means, by);
      keep(it, caseAfterOutcome(it.record), outcomeHappening(patient, rung, 'done', said, intent.id));
      if (rung === 'restart-unit' || rung === 'reboot') ports.restarted(patient.id);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      keep(it, caseAfterOutcome(it.record), outcomeHappening(patient, rung, 'failed', said, intent.id));
    }
    ports.announce(patient.id);
  };

  const considerNow = async (id: string): Promise<void> => {
    const patient = ports.patient(id);
    const it = present(id);
    if (patient === null) {
      lookAgainAt(id, it, null);
      it.failure = null;
      it.decision = null;
      return;
    }
    const evidence = ports.evidence(id);
    const failure = failureOf(patient, evidence);
    if (failure === null) {
      const wasIll = it.failure !== null;
      it.failure = null;
      it.decision = null;
      it.key = '';
      const isWell = patient.state === 'running' && (evidence === null || evidence.isWell);
      if (isWell) {
        keep(it, caseAfterSuccess(it.record, clock.wallNow()));
        const { machine, unit } = it.record;
        const isFresh = machine.step === 0 && unit.step === 0;
        lookAgainAt(id, it, isFresh ? null : (machine.wellSince ?? clock.wallNow()) + stableMs);
      }
      if (wasIll) ports.announce(id);
      return;
    }
    it.failure = failure;
    keep(it, caseAfterFailure(it.record, failure.since));
    const { situation, means } = await situationOf(it, patient, failure);
    const verdict = await judgeWithOthers(situation, patient);
    tell(it, patient, failure, verdict);
    if (isDoubt(verdict, situation)) farDoubt.raise(verdict.reason, situation.observer.graceMs);
    if (verdict.kind === 'act') {
      await act(it, patient, failure, verdict, means);
      // Whatever came of it, the next wait begins; a machine that is well says so by its checks.
      if (!isStopped) lookAgainAt(id, it, clock.wallNow() + patient.watch.check_interval_seconds * 1000);
      return;
    }
    lookAgainAt(id, it, verdict.kind === 'refuse' ? (verdict.until ?? nextLook(patient, verdict.guard)) : null);
  };

  /** What somebody did elsewhere is asked for only where it could hold something back. */
  const judgeWithOthers = async (situation: Situation, { id }: Patient): Promise<HealingVerdict> => {
    const verdict = judgeHealing(situation);
    const { now, quietMs, lastActionAt } = situation;
    if ((verdict.kind !== 'act' && verdict.kind !== 'would-act') || quietMs === 0) return verdict;
    const at = await ports.actedElsewhere(id, now - quietMs);
    if (at === null || (lastActionAt !== null && lastActionAt >= at)) return verdict;
    lastActions.set(id, at);
    return judgeHealing({ ...situation, now: clock.wallNow(), lastActionAt: at });
  };

  /** What only a person or the machine itself can change says so when it does; for everything else it is asked again. */
  const nextLook = ({ watch }: Patient, guard: HealingGuard): number | null =>
    lasting.has(guard) ? null : clock.wallNow() + watch.check_interval_seconds * 1000;

  const consider = (id: string): void => {
    const it = present(id);
    illness.note(id, ports.evidence(id), clock.wallNow());
    if (it.isWaiting || isStopped || !hasBegun) return;
    it.isWaiting = true;
    serial
      .run(id, async () => {
        it.isWaiting = false;
        if (!isStopped) await considerNow(id);
      })
      .catch((error) => log.write('error', 'healing', 'a machine could not be considered', { machine: id, error }));
  };

  const considerAll = (): void => {
    for (const id of ports.ids()) consider(id);
  };

  const status = (id: string): HealingStatus | null => {
    const patient = ports.patient(id);
    if (patient === null) return null;
    const it = present(id);
    const now = clock.wallNow();
    const { machine } = it.record;
    return {
      machine: patient.name,
      policy: patient.watch.restart_policy,
      dryRun: patient.watch.dry_run,
      failure:
        it.failure === null
          ? null
          : {
              kind: it.failure.kind,
              since: isoTime(it.failure.since),
              reason: it.failure.reason,
              failures: it.failure.count?.failures ?? null,
              threshold: it.failure.count?.threshold ?? null,
            },
      decision: it.decision,
      tripped: askBudget(machine, machineLimits, now).kind === 'tripped',
      restarts: {
        used: machine.total,
        allowed: machineLimits.inAll ?? 0,
        lastHour: machine.restarts.filter((at) => now - Math.min(at, now) < machineLimits.windowMs).length,
      },
    };
  };

  const statusOrRefuse = (reference: string): HealingStatus => {
    const { id, name } = ports.resolve(reference);
    const found = status(id);
    if (found === null) {
      throw new VigilError('refused', `'${name}' is not watched.`, {
        field: 'machine',
        hint: `Watch it with \`vigil lifecycle enable ${name}\`.`,
      });
    }
    return found;
  };

  return {
    consider,
    considerAll,
    status,
    touched: (id) => {
      lastActions.set(id, clock.wallNow());
      consider(id);
    },
    begin: async () => {
      for (const [id, it] of cases) {
        if (it.record.acting === null) continue;
        const patient = ports.patient(id);
        const machine = patient ?? { id, name: id };
        const story = await ports.story(id, clock.wallNow() - longestAwayMs);
        const intent = story.findLast(({ action }) => action === 'healing.intended');
        keep(
          it,
          caseAfterOutcome(it.record),
          outcomeHappening(machine, it.record.acting, 'interrupted', '', intent?.id),
        );
      }
      pause.begin();
      hasBegun = true;
      considerAll();
    },
    stop: async () => {
      isStopped = true;
      pause.stop();
      farDoubt.stop();
      for (const it of cases.values()) it.cancelTimer();
      await serial.idle();
    },
    handlers: {
      ...pause.handlers,
      'lifecycle.release': async ({ machine: reference }, by) => {
        const { id, name } = ports.resolve(reference);
        statusOrRefuse(reference);
        const it = present(id);
        const released = caseReleased(it.record);
        await ledger.commit([rowOf(released)], {
          action: 'healing.released',
          actor: 'user',
          machine: { id, name },
          summary: `'${name}' may be restarted again: its count begins anew.`,
          details: { user: by.user, face: by.face },
        });
        it.record = { ...released, acting: it.record.acting };
        it.key = '';
        consider(id);
        return statusOrRefuse(reference);
      },
      'lifecycle.healing': ({ machine }) => statusOrRefuse(machine),
      'lifecycle.rehearse': async ({ machine: reference, policy, ladder, days }) => {
        const found = ports.resolve(reference);
        const to = clock.wallNow();
        const from = to - days * dayMs;
        const kept = ports.patient(found.id)?.watch ?? WatchConfig.parse({});
        const watch = { ...kept, restart_policy: policy, ladder: ladder ?? kept.ladder };
        const entries = await ports.story(found.id, from - dayMs);
        const subject = { ...found, kind: ports.kindOf(found.id), watch };
        return rehearsePolicy(subject, ports.settings().quietMs, entries, { from, to });
      },
    },
  };
}

/** The fault may be on our side: one word of that holds for everything that is far away. */
function isDoubt(verdict: HealingVerdict, { isRemote, observer, now }: Situation): boolean {
  if (!isRemote || verdict.kind !== 'refuse') return false;
  if (verdict.guard === 'fleet-wide') return true;
  // A doubt that only stands for its time must not feed itself.
  const stands = observer.disturbance !== null && now < observer.disturbance.at + observer.graceMs;
  return verdict.guard === 'own-health' && !stands;
}

/** Long enough for everything to have been checked anew. */
function graceOf({ check_interval_seconds: interval, health_check_timeout: timeout }: WatchConfig): number {
  return (interval + Math.max(interval, timeout)) * 1000;
}

function wasRestartedLately({ machine }: HealingRecord, now: number): boolean {
  return machine.restarts.some((at) => now - Math.min(at, now) < fleetWindowMs);
}

function caseOf(record: HealingRecord): Case {
  return { record, decision: null, failure: null, key: '', cancelTimer: () => {}, isWaiting: false };
}
