import { type AzureSchedule, type AzureScheduleView, parseSchedule } from '../../contract/azure-schedule.ts';
import type { CallContext, Handlers } from '../../contract/calls.ts';
import { failureOf, VigilError } from '../../contract/failure.ts';
import type { Settings, SettingsPatch } from '../../contract/settings.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import { startLoop } from '../lifetime/loop.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { AzureFleet } from './azure-fleet.ts';
import type { AzureVerbs, ScheduledEnd } from './azure-verbs.ts';
import type { AzureMachine } from './azure-view.ts';
import { decideScheduled, justNowMs, makeUpMs } from './decide-scheduled.ts';
import { nextOccurrence, type Occurrence } from './next-occurrence.ts';

/** Starts and deallocates machines of Azure at the times that a person wrote down. */
export interface AzureSchedules {
  readonly handlers: Pick<Handlers, 'azure.schedules' | 'azure.schedule'>;
  begin(): void;
  stop(): Promise<void>;
}

export interface AzureSchedulesPorts {
  readonly fleet: AzureFleet;
  readonly verbs: Pick<AzureVerbs, 'scheduled'>;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly clock: Clock;
  readonly log: Log;
  /** The zone of this computer. */
  zone(): string;
  settings(): Settings['azure'];
  changeSettings(patch: SettingsPatch): Promise<Settings>;
  /** The machines of Azure have been read: one that is not there is not there. */
  isRead(): boolean;
}

const tickMs = 20_000;
/** What could not be done is tried again so much later, until it is no longer made up for. */
const againMs = 300_000;
const notice = 'azure schedules';
const leftOut: Readonly<Record<Exclude<ScheduledEnd, 'dealt with'>, string>> = {
  'changed since': 'it was missed, and the machine was changed in Azure since',
  'somebody acted': 'somebody started it or switched it off in Azure just before',
};

interface Line {
  readonly text: string;
  readonly schedule: AzureSchedule;
  /** What lies before it was never asked of this schedule. */
  readonly since: number;
}

export function createAzureSchedules(ports: AzureSchedulesPorts): AzureSchedules {
  const { fleet, ledger, notices, clock } = ports;
  let lines: readonly Line[] = [];
  /** Machine and moment -> when it may be tried again. */
  const troubled = new Map<string, number>();
  let stopLoop: () => Promise<void> = async () => undefined;

  /** One that was there when the engine began makes up for what it missed; one that is new begins now. */
  const read = (sinceOfNew: number): void => {
    const known = new Map(lines.map((line) => [line.text, line]));
    lines = ports.settings().schedules.flatMap((text) => {
      const schedule = parseSchedule(text);
      return typeof schedule === 'string' ? [] : [known.get(text) ?? { text, schedule, since: sinceOfNew }];
    });
  };
  const machineOf = ({ machine }: AzureSchedule): AzureMachine | undefined => {
    try {
      return fleet.find(machine);
    } catch {
      // Several have the name: none is meant for certain.
      return undefined;
    }
  };
  const zoneOf = ({ zone }: AzureSchedule): string => zone ?? ports.zone();

  const remember = (machine: AzureMachine, { at }: Occurrence): void => {
    const known = fleet.get(machine.record.id);
    if (known === undefined) return;
    const record = { ...known.record, scheduledAt: isoTime(at) };
    ledger.record([{ kind: 'azure-machine-put', machine: record }]);
    fleet.refresh({ ...known, record });
  };

  const tick = async (): Promise<void> => {
    read(clock.wallNow());
    const lost: string[] = [];
    for (const line of lines) {
      const machine = machineOf(line.schedule);
      if (machine === undefined) lost.push(line.schedule.machine);
      else await follow(line, machine);
    }
    if (lost.length > 0 && ports.isRead()) {
      notices.raise(
        notice,
        'warning',
        `A schedule names ${lost.map((name) => `'${name}'`).join(', ')}, but no machine of Azure, or more than one, has that name: nothing is started or deallocated for it.`,
        'Mend it under [azure] schedules in settings.toml; write group/name where a name is there twice.',
      );
    } else if (lost.length === 0) notices.clear(notice);
  };

  const follow = async ({ schedule, since }: Line, machine: AzureMachine): Promise<void> => {
    const { id, vm, scheduledAt, personAt } = machine.record;
    const now = clock.wallNow();
    const decided = decideScheduled({
      schedule,
      zone: zoneOf(schedule),
      doneUntil: Math.max(since, scheduledAt === undefined ? 0 : Date.parse(scheduledAt)),
      personAt: personAt === undefined ? null : Date.parse(personAt),
      now,
    });
    if (decided.kind === 'nothing') return;
    const { occurrence } = decided;
    const key = `${id} ${occurrence.at}`;
    const again = troubled.get(key);
    if (again !== undefined && now < again) return;
    const named = { id, name: vm.name };
    const details = { verb: occurrence.verb, due: isoTime(occurrence.at), zone: zoneOf(schedule) };
    const noun = occurrence.verb === 'start' ? 'start' : 'deallocation';
    const leaveOut = (why: string): void => {
      remember(machine, occurrence);
      ledger.record([], {
        action: 'schedule.skipped',
        actor: 'engine',
        machine: named,
        summary: `The scheduled ${noun} of '${vm.name}' was left out: ${why}.`,
        details,
      });
    };
    if (decided.kind === 'respect') return leaveOut(decided.why);
    try {
      const asked = { ...occurrence, respectFrom: occurrence.at - justNowMs };
      const ended = await ports.verbs.scheduled(machine, asked, () => because(named, noun, details));
      troubled.delete(key);
      if (ended === 'dealt with') remember(machine, occurrence);
      else leaveOut(leftOut[ended]);
    } catch (error) {
      const { message } = failureOf(error);
      for (const [old, at] of troubled) if (now - at > makeUpMs) troubled.delete(old);
      troubled.set(key, now + againMs);
      ports.log.write('warn', 'azure', 'a schedule could not be followed', { machine: vm.name, error });
      if (again !== undefined) return;
      ledger.record([], {
        action: 'schedule.failed',
        actor: 'engine',
        machine: named,
        summary: `The scheduled ${noun} of '${vm.name}' could not begin: ${message} It is tried again every 5 minutes.`,
        details,
      });
    }
  };

  /** The entry of the journal that says why comes first; what is done points to it. */
  const because = (
    machine: { readonly id: string; readonly name: string },
    noun: string,
    details: Readonly<Record<string, string>>,
  ): CallContext => {
    const [entry] = ledger.record([], {
      action: 'schedule.due',
      actor: 'engine',
      machine,
      summary: `Its schedule asks for the ${noun} of '${machine.name}'.`,
      details,
    });
    return { user: '', face: 'engine', ...(entry === undefined ? {} : { cause: entry.id }) };
  };

  const views = (): readonly AzureScheduleView[] =>
    ports.settings().schedules.flatMap((text) => {
      const schedule = parseSchedule(text);
      if (typeof schedule === 'string') return [];
      const zone = zoneOf(schedule);
      const next = nextOccurrence(schedule, zone, clock.wallNow());
      return [
        {
          machine: schedule.machine,
          schedule: text.slice(text.indexOf(': ') + 2),
          machineId: machineOf(schedule)?.record.id ?? null,
          zone,
          next: next === null ? null : { verb: next.verb, at: isoTime(next.at) },
        },
      ];
    });

  return {
    handlers: {
      'azure.schedules': views,
      'azure.schedule': async ({ machine: reference, schedule }) => {
        const machine = fleet.find(reference);
        if (machine === undefined && schedule !== undefined) {
          throw new VigilError('not-found', `There is no machine '${reference}' in Azure.`, {
            field: 'machine',
            hint: 'See `vigil list --provider azure`.',
          });
        }
        const name = machine === undefined ? reference : nameFor(machine, fleet);
        const isIts = (text: string): boolean => {
          const known = parseSchedule(text);
          if (typeof known === 'string') return false;
          const its = machineOf(known);
          return its === undefined ? known.machine === name : its.record.id === machine?.record.id;
        };
        const line = `${name}: ${schedule}`;
        const parsed = schedule === undefined ? null : parseSchedule(line);
        if (typeof parsed === 'string') throw new VigilError('bad-input', parsed, { field: 'schedule' });
        const before = ports.settings().schedules;
        const others = before.filter((text) => !isIts(text));
        if (schedule === undefined && others.length === before.length) {
          throw new VigilError('not-found', `'${reference}' has no schedule.`, { field: 'machine' });
        }
        await ports.changeSettings({ azure: { schedules: schedule === undefined ? others : [...others, line] } });
        read(clock.wallNow());
        return views();
      },
    },
    begin: () => {
      read(0);
      stopLoop = startLoop({
        name: 'azure schedules',
        clock,
        log: ports.log,
        intervalMs: () => tickMs,
        isSteady: true,
        run: tick,
      });
    },
    stop: () => stopLoop(),
  };
}

/** By its name, with the group where the name alone is not enough. */
function nameFor({ record: { id, vm } }: AzureMachine, fleet: AzureFleet): string {
  const twins = fleet.all().filter(({ record }) => record.vm.name.toLowerCase() === vm.name.toLowerCase());
  return twins.every(({ record }) => record.id === id) ? vm.name : `${vm.group}/${vm.name}`;
}
