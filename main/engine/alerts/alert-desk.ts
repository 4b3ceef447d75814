import type { AlertChannel, NotificationConfig } from '../../contract/alert-rule.ts';
import type { PreviewKind } from '../../contract/channel-preview.ts';
import type { EventSink } from '../../contract/events.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { maintenanceEnd } from '../../contract/maintenance-window.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { NearestThreshold } from '../forecasts/forecast-desk.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Outbox, Telling } from '../outbox/outbox-desk.ts';
import type { AlertRulesFile, AlertRulesReading, ChannelChange } from '../ports/alert-rules-file.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { MetricsStore, StoredSample } from '../ports/metrics-store.ts';
import type { StateStore } from '../ports/state-store.ts';
import { type Announcement, createAlertBook, type StoredAlerts } from './alert-book.ts';
import { isAbout } from './alert-grid.ts';
import { type AlertHandlers, createAlertHandlers } from './alert-handlers.ts';
import type { AlertStory } from './alert-story.ts';
import type { AlertSubject } from './alert-subjects.ts';
import { alertMessage, alertTopic } from './alert-words.ts';
import { type CausePorts, createCauseDesk } from './cause-desk.ts';
import { exampleEpisode, exampleRule } from './example-alert.ts';
import { lastValues } from './last-values.ts';
import { createRuleKeeper } from './rule-keeper.ts';

/**
 * Alerts, from the readings to the word. Invariants:
 * 1. One look at a time; what it decides is written in one go, with the entries of the journal that say so, before anybody
 *    is told.
 * 2. Before anything is told that a fault of our own could explain, that is looked into.
 */
export interface AlertDesk {
  readonly handlers: AlertHandlers;
  /** How people are told, as the file in force says. */
  readonly config: NotificationConfig;
  setChannel(channel: AlertChannel, change: ChannelChange): Promise<void>;
  /** What would be said of an alert of this rule, or of the first one; throws `not-found`. */
  example(rule: string | undefined, tells: PreviewKind): Telling;
  /** A round of readings has come. */
  take(samples: readonly StoredSample[]): Promise<void>;
  /** Looks at what is known now. */
  look(): Promise<void>;
  hear(entry: JournalEntry): void;
  takeRules(reading: AlertRulesReading): void;
  /** Takes up what an earlier life left; the first look is under way when it resolves. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

export interface AlertPorts extends Omit<CausePorts, 'book' | 'newId'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
  readonly ledger: Ledger;
  readonly outbox: Pick<Outbox, 'write' | 'changed'>;
  readonly store: Pick<StateStore, 'readEpisodes' | 'countEpisodes' | 'readJournal'>;
  readonly metrics: Pick<MetricsStore, 'slice'>;
  readonly notices: EngineNotices;
  readonly file: AlertRulesFile;
  readonly identifiers: Identifiers;
  readonly story: AlertStory;
  subjects(): readonly AlertSubject[];
  /** The machine a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
  /** What of a machine is foretold to run out first; null where nothing is foretold. */
  nearestThreshold(machineId: string): NearestThreshold | null;
  /** From one round of readings to the next. */
  intervalMs(): number;
  raise(notification: DesktopNotification): void;
}

/** After something happened: what happens together is looked at together. */
const soonMs = 200;
/** Values further apart than so many rounds say nothing about the time between them. */
const toleratedRounds = 2.5;
const leastToleranceMs = 45_000;

export function createAlertDesk(ports: AlertPorts, stored: StoredAlerts, first: AlertRulesReading): AlertDesk {
  const { clock, story } = ports;
  const newId = (): string => ports.identifiers.uuid();
  const book = createAlertBook(stored, newId);
  const causes = createCauseDesk({ ...ports, book, newId });
  const keeper = createRuleKeeper(
    {
      ...ports,
      changed: () => {
        book.setRules(keeper.present.rules, clock.wallNow());
        ports.outbox.changed();
        soon();
      },
    },
    first,
  );
  book.setRules(keeper.present.rules, clock.wallNow());
  let hasBegun = false;
  let isStopped = false;
  let cancelSoon: (() => void) | null = null;
  let turn: Promise<void> = Promise.resolve();
  let subjects = new Map<string, AlertSubject>();

  const toleranceMs = (): number => Math.max(leastToleranceMs, toleratedRounds * ports.intervalMs());
  const inTurn = (task: () => Promise<void> | null): Promise<void> => {
    const result = turn.then(() => (isStopped || !hasBegun ? undefined : (task() ?? undefined)));
    turn = result.catch((error: unknown) =>
      ports.log.write('error', 'alerts', 'a look at the alerts failed', { error }),
    );
    return turn;
  };
  const soon = (): void => {
    if (isStopped) return;
    cancelSoon ??= clock.after(soonMs, () => {
      cancelSoon = null;
      void look();
    });
  };

  const takeConditions = (present: readonly AlertSubject[], now: number): void => {
    const { grid } = book;
    const asksForecasts = book.rules.some(({ metric }) => metric === 'days_until_threshold');
    for (const { id, isResting, conditions } of present) {
      grid.setResting(id, isResting, now);
      grid.takeCondition('machine_down', id, conditions.machine_down ?? null, now);
      grid.takeCondition('service_dead', id, conditions.service_dead ?? null, now);
      grid.takeCondition('heartbeat_stale', id, conditions.heartbeat_stale ?? null, now);
      grid.takeCondition('crash_loop', id, story.crashesOf(id, now), now);
      grid.takeCondition('snapshot_failed', id, story.hasFailedSnapshot(id) ? 1 : 0, now);
      if (!asksForecasts) continue;
      const nearest = ports.nearestThreshold(id);
      book.setForetold(id, nearest?.metric ?? null);
      grid.takeCondition('days_until_threshold', id, nearest?.days ?? null, now);
    }
  };

  /** Null: without a round of readings. */
  const moveAndTell = (round: readonly StoredSample[] | null): Promise<void> | null => {
    const now = clock.wallNow();
    const present = ports.subjects();
    subjects = new Map(present.map((subject) => [subject.id, subject]));
    book.grid.setMachines(present, now);
    if (round !== null) book.grid.takeRound(round);
    takeConditions(present, now);
    book.move(now, toleranceMs());
    // Nearly always there is nothing to ask, and nothing waits for an answer.
    const asked = causes.assess(present, now);
    if (asked === null) tell(now);
    return asked?.then(() => tell(clock.wallNow())) ?? null;
  };

  const tell = (now: number): void => {
    const announced = book.tell(now, {
      isInMaintenance: ({ machineId }) =>
        maintenanceEnd(subjects.get(machineId ?? '')?.maintenance ?? [], now) !== null,
      isExplained: (episode) => causes.isExplained(episode, now),
    });
    write(
      announced.map((announcement) => happeningOf(announcement, now)),
      announced.map((announcement) => tellingOf(announcement, now)),
    );
  };
  /** A transition, what is to be said of it and the entry of the journal: all or nothing. */
  const write = (happenings: readonly Happening[], tellings: readonly Telling[] = []): void => {
    const changes = book.takeChanges();
    ports.outbox.write(changes, happenings, tellings);
    if (changes.length > 0) ports.events.publish('alerts.changed', { at: isoTime(clock.wallNow()) });
  };

  const tellingOf = ({ kind, episode, rule }: Announcement, now: number): Telling => {
    const { title, body } = alertMessage(kind, episode, now);
    const about = subjectOf(episode.machineId, episode.affected);
    const also = kind === 'escalation' ? (rule?.escalate?.notification_channels ?? []) : [];
    // Of a common cause everybody hears; of a rule that is gone whoever heard of its alert.
    const named = rule === null ? (episode.machineId === null ? null : []) : [...rule.notification_channels, ...also];
    return { kind, episode, title, body, about, channels: named };
  };
  /** A click opens a machine: of a common cause the first that it explains. */
  const subjectOf = (
    id: string | null,
    affected: readonly string[],
  ): { readonly id: string; readonly name: string } => {
    if (id !== null) return { id, name: subjects.get(id)?.name ?? '' };
    return [...subjects.values()].find(({ name }) => affected.includes(name)) ?? { id: '', name: '' };
  };

  const look = (): Promise<void> => inTurn(() => moveAndTell(null));

  return {
    handlers: createAlertHandlers({
      ...ports,
      book,
      keeper,
      toleranceMs,
      heldBy: (episode, now) => {
        if (maintenanceEnd(subjects.get(episode.machineId ?? '')?.maintenance ?? [], now) !== null)
          return 'its maintenance window';
        return causes.isExplained(episode, now) ? 'a common cause' : null;
      },
      changed: () => {
        write([]);
        soon();
      },
    }),
    get config() {
      return keeper.present.notification_config;
    },
    setChannel: keeper.setChannel,
    example: (name, tells) => {
      const [first = exampleRule] = keeper.present.rules;
      const rule = name === undefined ? first : keeper.rule(name);
      const machine = ports.subjects().find((subject) => isAbout(rule, subject));
      const now = clock.wallNow();
      return tellingOf({ kind: tells, rule, episode: exampleEpisode(rule, machine, tells, now) }, now);
    },
    take: (samples) => inTurn(() => moveAndTell(samples)),
    look,
    hear: (entry) => {
      story.hear(entry);
      // Its own entries tell it nothing.
      if (entry.machineId !== undefined && !entry.action.startsWith('alert.')) soon();
    },
    takeRules: keeper.take,
    begin: async () => {
      const now = clock.wallNow();
      book.grid.setMachines(ports.subjects(), now);
      for (const { metric, machineId, at } of await lastValues(ports.metrics, book, now, toleranceMs()))
        book.grid.sawValue(metric, machineId, at);
      book.restore();
      hasBegun = true;
      // Whom it may have to ask first must not keep the engine from answering.
      void look();
    },
    stop: async () => {
      isStopped = true;
      cancelSoon?.();
      await turn;
    },
  };
}

const actions = {
  firing: 'alert.fired',
  resolved: 'alert.resolved',
  flapping: 'alert.flapping',
  reminder: 'alert.reminded',
  escalation: 'alert.escalated',
} as const;

function happeningOf({ kind, episode }: Announcement, now: number): Happening {
  const { body } = alertMessage(kind, episode, now);
  const { machineId, machine } = episode;
  return {
    action: actions[kind],
    actor: 'engine',
    ...(machineId === null || machine === null ? {} : { machine: { id: machineId, name: machine } }),
    summary: `Alert ${alertTopic(kind, episode)}: ${body}`,
    details: {
      episode: episode.id,
      rule: episode.rule,
      severity: episode.severity,
      value: episode.actualValue,
      threshold: episode.threshold,
    },
  };
}
