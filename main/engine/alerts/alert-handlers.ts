import type { AlertMute, Episode } from '../../contract/alert.ts';
import { AlertRule, thresholdOf } from '../../contract/alert-rule.ts';
import type { CallContext, Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import { readStorySince } from '../journal/read-story.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { AlertHoldRecord, AlertMuteRecord, EpisodeRecord } from '../ports/alert-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { MetricsStore } from '../ports/metrics-store.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { AlertBook } from './alert-book.ts';
import { muteOf } from './alert-mutes.ts';
import type { AlertSubject } from './alert-subjects.ts';
import { firingSentence } from './alert-words.ts';
import { desktopHears } from './desktop-hears.ts';
import { exampleValue } from './example-alert.ts';
import { readRehearsal } from './read-rehearsal.ts';
import type { RuleKeeper } from './rule-keeper.ts';

export type AlertHandlers = Pick<
  Handlers,
  | 'alert.rules'
  | 'alert.add'
  | 'alert.enable'
  | 'alert.remove'
  | 'alert.change'
  | 'alert.counts'
  | 'alert.text'
  | 'alert.judge-text'
  | 'alert.write-text'
  | 'alert.test'
  | 'alert.active'
  | 'alert.history'
  | 'alert.acknowledge'
  | 'alert.snooze'
  | 'alert.mutes'
  | 'alert.plan-maintenance'
  | 'alert.remove-mute'
  | 'alert.rehearse'
>;

export interface AlertHandlerPorts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: Pick<StateStore, 'readEpisodes' | 'countEpisodes' | 'readJournal'>;
  readonly metrics: Pick<MetricsStore, 'slice'>;
  readonly identifiers: Identifiers;
  readonly book: AlertBook;
  readonly keeper: RuleKeeper;
  subjects(): readonly AlertSubject[];
  resolve(reference: string): { readonly id: string; readonly name: string };
  raise(notification: DesktopNotification): void;
  intervalMs(): number;
  toleranceMs(): number;
  /** Why nothing is said of it, beyond what the book itself holds. */
  heldBy(episode: EpisodeRecord, now: number): string | null;
  /** Something was changed by hand: to be written, and looked at. */
  changed(): void;
}

/** Holds how machines are watched, with the windows of single ones. */
const watchFile = 'lifecycle-config.toml';
/** How far back it is counted how often a rule fired. */
const countedMs = 30 * 86_400_000;

/** What a person can ask and do about alerts. */
export function createAlertHandlers(ports: AlertHandlerPorts): AlertHandlers {
  const { book, clock, keeper, ledger } = ports;

  const nameOf = (id: string): string => ports.subjects().find((subject) => subject.id === id)?.name ?? id;
  const tell = (by: CallContext, happening: Omit<Happening, 'actor'>): void => {
    ledger.record([], { ...happening, actor: 'user', details: { ...happening.details, user: by.user, face: by.face } });
  };

  const episodeView = (episode: EpisodeRecord): Episode => {
    const now = clock.wallNow();
    const {
      since,
      firedAt,
      resolvedAt,
      told: _told,
      toldFiringAt: _at,
      turns: _turns,
      number: _number,
      ...rest
    } = episode;
    const { remindedAt: _reminded, escalatedAt: _escalated, flappingSince, ...shown } = rest;
    const mute = muteOf('maintenance', book.mutes, episode, now) ?? muteOf('snooze', book.mutes, episode, now);
    const isOver = episode.state === 'resolved';
    return {
      ...shown,
      since: isoTime(since),
      firedAt: isoTime(firedAt),
      resolvedAt: resolvedAt === null ? null : isoTime(resolvedAt),
      isFlapping: flappingSince !== null,
      heldBy: isOver ? null : mute === null ? ports.heldBy(episode, now) : muteWords(mute),
    };
  };
  const pendingView = (hold: AlertHoldRecord): readonly Episode[] => {
    const rule = book.ruleOf(hold.rule);
    if (rule === undefined) return [];
    const machine = nameOf(hold.machineId);
    return [
      {
        id: `pending-${hold.rule}-${hold.machineId}`,
        rule: hold.rule,
        machine,
        machineId: hold.machineId,
        metric: rule.metric,
        severity: rule.severity,
        state: 'pending',
        actualValue: hold.value,
        threshold: thresholdOf(rule),
        message: firingSentence({ ...rule, for_seconds: 0 }, machine, hold.value),
        since: isoTime(hold.since),
        firedAt: null,
        resolvedAt: null,
        resolvedBecause: null,
        acknowledgedBy: null,
        count: 0,
        isFlapping: false,
        heldBy: null,
        affected: [],
      },
    ];
  };
  const muteView = (mute: AlertMuteRecord): AlertMute => ({
    id: mute.id,
    kind: mute.kind,
    rule: mute.rule,
    machine: mute.machineId === null ? null : nameOf(mute.machineId),
    from: mute.from === null ? null : isoTime(mute.from),
    until: mute.until === null ? null : isoTime(mute.until),
    window: mute.window,
    by: mute.by,
    file: null,
  });
  /** What the file of how machines are watched says of single ones. */
  const windowsInFile = (): readonly AlertMute[] =>
    ports.subjects().flatMap(({ id, name, maintenance }) =>
      maintenance.map((window, index) => ({
        id: `${watchFile}-${id}-${index + 1}`,
        kind: 'maintenance',
        rule: null,
        machine: name,
        from: null,
        until: null,
        window,
        by: null,
        file: watchFile,
      })),
    );
  const addMute = (mute: AlertMuteRecord, by: CallContext, what: string): AlertMute => {
    book.addMute(mute);
    const machine = mute.machineId === null ? {} : { machine: { id: mute.machineId, name: nameOf(mute.machineId) } };
    tell(by, { action: 'alert.muted', summary: what, ...machine, details: { mute: mute.id } });
    ports.changed();
    return muteView(mute);
  };

  return {
    'alert.rules': () => keeper.present.rules,
    'alert.add': async (rule) => {
      const added = AlertRule.parse(rule);
      await keeper.add(rule);
      return added;
    },
    'alert.enable': async ({ rule, enabled }) => {
      await keeper.enable(keeper.rule(rule).name, enabled);
      return keeper.rule(rule);
    },
    'alert.remove': async ({ rule }) => {
      await keeper.remove(keeper.rule(rule).name);
      return null;
    },
    'alert.change': async ({ rule, to }) => {
      await keeper.change(keeper.rule(rule).name, to);
      return keeper.rule(to.name);
    },
    'alert.counts': async () => {
      await ledger.flush();
      const counts = await ports.store.countEpisodes(clock.wallNow() - countedMs);
      return counts.map(({ rule, alerts, lastFiredAt }) => ({ rule, alerts, lastFiredAt: isoTime(lastFiredAt) }));
    },
    'alert.text': () => keeper.readText(),
    'alert.judge-text': ({ text }) => keeper.judgeText(text),
    'alert.write-text': async ({ text, version }) => {
      await keeper.writeText(text, version);
      return keeper.readText();
    },
    'alert.test': ({ rule: name }) => {
      const rule = keeper.rule(name);
      if (!desktopHears(keeper.present.notification_config, rule.severity))
        throw new VigilError('refused', 'The desktop is switched off, or wants to hear of worse alerts only.', {
          hint: 'See notification_config.desktop in alert_rules.yaml.',
        });
      const [example] = ports.subjects();
      const machine = example?.name ?? 'example';
      const body = `Only a test. It would say: ${firingSentence(rule, machine, exampleValue(rule))}`;
      const message = { title: `${machine}: ${rule.name} (test)`, body, severity: rule.severity };
      ports.raise({
        ...message,
        key: `alert test ${rule.name}`,
        machineId: example?.id ?? '',
        machine,
        at: isoTime(clock.wallNow()),
        subject: null,
        isOver: false,
      });
      return message;
    },
    'alert.active': () => [
      ...book.firing.map(episodeView),
      ...book.holds.filter(({ phase }) => phase === 'pending').flatMap(pendingView),
    ],
    'alert.history': async ({ rule, machine, limit, before }) => {
      await ledger.flush();
      const machineId = machine === undefined ? undefined : ports.resolve(machine).id;
      const found = await ports.store.readEpisodes({
        rule,
        machineId,
        limit,
        before: before === undefined ? undefined : Date.parse(before),
      });
      return found.map(episodeView);
    },
    'alert.acknowledge': ({ episode: reference }, by) => {
      const episode = book.find(reference);
      if (episode === undefined || episode.state !== 'firing')
        throw new VigilError('not-found', `No alert that fires has the id '${reference}'.`, {
          hint: '`vigil monitor alert active` shows those that do.',
        });
      const acknowledged = { ...episode, acknowledgedBy: by.user };
      book.put(acknowledged);
      const { machineId, machine } = episode;
      tell(by, {
        action: 'alert.acknowledged',
        ...(machineId === null || machine === null ? {} : { machine: { id: machineId, name: machine } }),
        summary: `${by.user} acknowledged ${episode.rule}${machine === null ? '' : ` of '${machine}'`}.`,
        details: { episode: episode.id, rule: episode.rule },
      });
      ports.changed();
      return episodeView(acknowledged);
    },
    'alert.snooze': ({ rule, machine, seconds }, by) => {
      const { name } = keeper.rule(rule);
      const of = machine === undefined ? null : ports.resolve(machine);
      const from = clock.wallNow();
      const until = from + seconds * 1000;
      const mute: AlertMuteRecord = {
        id: ports.identifiers.uuid(),
        kind: 'snooze',
        rule: name,
        machineId: of?.id ?? null,
        from,
        until,
        window: null,
        by: by.user,
      };
      const about = of === null ? '' : ` of '${of.name}'`;
      return addMute(mute, by, `${by.user} snoozed ${name}${about} until ${isoTime(until)}.`);
    },
    'alert.mutes': () => [...book.mutes.map(muteView), ...windowsInFile()],
    'alert.plan-maintenance': ({ machine, from, until, window }, by) => {
      const of = machine === undefined ? null : ports.resolve(machine);
      const now = clock.wallNow();
      const end = until === undefined ? null : Date.parse(until);
      const begin = from === undefined ? (end === null ? null : now) : Date.parse(from);
      if (end !== null && (end <= now || (begin ?? 0) >= end))
        throw new VigilError('bad-input', 'It must end after it begins, and not in the past.', { field: 'until' });
      const mute: AlertMuteRecord = {
        id: ports.identifiers.uuid(),
        kind: 'maintenance',
        rule: null,
        machineId: of?.id ?? null,
        from: begin,
        until: end,
        window: window ?? null,
        by: by.user,
      };
      const when = mute.window ?? `until ${end === null ? '' : isoTime(end)}`;
      return addMute(
        mute,
        by,
        `Maintenance of ${of === null ? 'every machine' : `'${of.name}'`} was planned: ${when}.`,
      );
    },
    'alert.remove-mute': ({ mute: reference }, by) => {
      const written = windowsInFile().find(({ id }) => id === reference);
      if (written !== undefined)
        throw new VigilError(
          'refused',
          `That window of '${written.machine}' stands in ${watchFile}, and is taken out there.`,
          {
            hint: `It is in maintenance of [vms.${written.machine}].`,
          },
        );
      const mute = book.mutes.find(({ id }) => id === reference || id.startsWith(reference));
      if (mute === undefined || !book.removeMute(mute.id))
        throw new VigilError('not-found', `There is no snooze or maintenance with the id '${reference}'.`);
      tell(by, { action: 'alert.unmuted', summary: `${by.user} ended a ${mute.kind}.`, details: { mute: mute.id } });
      ports.changed();
      return null;
    },
    'alert.rehearse': ({ rule: wanted, days }) => {
      const rule = typeof wanted === 'string' ? keeper.rule(wanted) : wanted;
      const journalOf = (id: string, since: number) => readStorySince(ports.store, ledger, id, since);
      return readRehearsal({ ...ports, journalOf }, rule, days);
    },
  };
}

function muteWords({ kind, window, until }: AlertMuteRecord): string {
  return `${kind}, ${window ?? `until ${until === null ? '' : isoTime(until)}`}`;
}
