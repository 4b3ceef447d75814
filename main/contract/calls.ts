import { z } from 'zod';
import type { AlertCount, AlertMessage, AlertMute, AlertRehearsal, Episode } from './alert.ts';
import { AlertRule, AlertRuleName, alertChannels, alertSeverities } from './alert-rule.ts';
import type { AlertText, AlertTextFault } from './alert-text.ts';
import type { AzlinImport } from './azlin-import.ts';
import {
  AzureScript,
  type AzureSignInPrompt,
  AzureSize,
  type AzureStatus,
  AzureTenant,
  azureClouds,
  azureSignInWays,
  ResourceGroup,
  SubscriptionId,
} from './azure.ts';
import type { AzureScheduleView } from './azure-schedule.ts';
import type { Channel, ChannelTest } from './channel.ts';
import { type ChannelPreview, previewKinds } from './channel-preview.ts';
import { type ChannelSecret, type ChannelSecrets, SecretSlotName, SecretText } from './channel-secret.ts';
import type { CheckScript } from './check-script.ts';
import type { ClanImport } from './clan-import.ts';
import type { ConsoleMatches, ConsoleOutput, Screenshot } from './console.ts';
import type { CrashRecord } from './crash-record.ts';
import { type Delivery, deliveryStates } from './delivery.ts';
import type { Daemon, EngineNotice, HostDescription } from './engine-status.ts';
import { type Forecast, type ForecastDetail, forecastMetrics, mostForecastDays } from './forecast.ts';
import {
  type Explanation,
  type HealingPause,
  type HealingRehearsal,
  type HealingStatus,
  restartPolicies,
} from './healing.ts';
import type { HealthRound } from './health-check.ts';
import { type Hook, HookPath, type HookRun, type HookRunSummary, type HookText, hookEvents } from './hook.ts';
import type { InventoryEntry } from './inventory.ts';
import type { JournalEntry, JournalVerification } from './journal.ts';
import { HealingLadder, WatchPatch, type WatchStatus } from './lifecycle.ts';
import {
  DataDisk,
  DiskReference,
  DiskSizeMib,
  type Machine,
  type MachineConfig,
  type MachineDetail,
  MachineDraft,
  MachineName,
  MachineReference,
  machineProviders,
  machineStates,
  Port,
  TagWithValue,
} from './machine.ts';
import { MachineEdit } from './machine-edit.ts';
import { MaintenanceWindow } from './maintenance-window.ts';
import { type Operation, OperationId } from './operation.ts';
import { type ComparedSeries, type CsvPiece, type RollUp, rollUpLevels, type SqlAnswer } from './roll-up.ts';
import {
  type ReadingGap,
  type RecentSeries,
  type Sample,
  sampleLevels,
  sampleMetrics,
  sampleSources,
} from './sample.ts';
import { type Settings, SettingsPatch } from './settings.ts';
import { type Snapshot, SnapshotName } from './snapshot.ts';
import { SshHostDraft } from './ssh-host.ts';
import type { SshWay } from './ssh-way.ts';
import type { StopSignal } from './stop-signal.ts';

/**
 * Every call that any face may make, declared once: its name, the parser of its one input, the type of its result.
 * IPC, the local socket and the tests all read this table. Parsing happens at the dispatcher alone.
 */

interface CallDeclaration<I extends z.ZodType, R> {
  readonly input: I;
  /** Carries the result's type only; there is no value behind it. */
  readonly result?: R;
}

const call = <I extends z.ZodType>(input: I) => ({
  returns: <R>(): CallDeclaration<I, R> => ({ input }),
});

const nothing = z.strictObject({});
const oneMachine = z.strictObject({ machine: MachineReference });
const timeoutSeconds = z.number({ error: 'A number of seconds.' }).min(1, 'At least 1 s.').max(300, 'At most 300 s.');

const moment = z.iso.datetime({ error: 'A time like 2026-03-17T20:30:15Z.' });
const metricsRange = z.strictObject({
  machine: MachineReference,
  from: moment,
  to: moment,
  /** At most so many samples of each source. */
  points: z.int().min(2).max(300).default(300),
});

const RollUpLevelName = z.enum(rollUpLevels, { error: `A level is one of ${rollUpLevels.join(', ')}.` });

const forecastDays = z
  .int({ error: 'A whole number of days.' })
  .min(1, 'At least 1 day.')
  .max(mostForecastDays, `At most ${mostForecastDays} days.`)
  .default(30);

const WholeFolder = z
  .string()
  .min(1, 'Give the path of a folder.')
  .max(4096, 'A path has at most 4096 characters.')
  .regex(/^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*$/u, 'Give the whole path of a folder, from the root.');
const HookEventName = z.enum(hookEvents, { error: `An event is one of ${hookEvents.join(', ')}.` });
const oneHook = z.strictObject({ machine: MachineReference, event: HookEventName });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'The SHA-256 of the script, in hexadecimal.');

const oneRule = z.strictObject({ rule: AlertRuleName });
const AlertFileText = z
  .string({ error: 'Give the text.' })
  .max(262_144, 'At most 256 KiB.')
  .regex(/:/, 'The rules stand in lines like "rules:".');
const ChannelName = z.enum(alertChannels, { error: `A channel is one of ${alertChannels.join(', ')}.` });

/** Part of a log, as text. Offsets are bytes from the start of the file. */
export interface LogText {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Size of the whole file now. */
  readonly size: number;
}

/** One field at fault in a draft, with its way out where Vigil knows one. */
export interface DraftFault {
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
  /** A value that would be accepted instead. */
  readonly suggestion?: string;
}

export const calls = {
  'engine.status': call(nothing).returns<Daemon>(),
  'engine.notices': call(nothing).returns<readonly EngineNotice[]>(),
  /** Ends a headless engine; machines go on running. Refused by an engine that lives in the app. */
  'engine.shutdown': call(nothing).returns<null>(),
  'host.describe': call(nothing).returns<HostDescription>(),

  'machine.list': call(
    z.strictObject({
      state: z.enum(machineStates, { error: `A state is one of ${machineStates.join(', ')}.` }).optional(),
      provider: z.enum(machineProviders, { error: `A provider is one of ${machineProviders.join(', ')}.` }).optional(),
      tag: z.string().min(1, 'Give a tag.').max(64, 'A tag has at most 32 characters.').optional(),
      group: z.string().min(1, 'Give a group.').max(63, 'A group has at most 63 characters.').optional(),
    }),
  ).returns<readonly Machine[]>(),
  'machine.get': call(oneMachine).returns<MachineDetail>(),
  /** What would be refused, field by field; an empty list means it can be made. */
  'machine.rehearse': call(z.strictObject({ draft: z.record(z.string().max(64), z.unknown()) })).returns<
    readonly DraftFault[]
  >(),
  /** What the text of a definition says; `bad-input` with line and field for one that cannot be read. */
  'definition.read': call(
    z.strictObject({
      text: z
        .string({ error: 'Give the text.' })
        .max(65_536, 'At most 64 KiB.')
        .regex(/:/, 'A definition is made of lines like "cpus: 2".'),
    }),
  ).returns<{ readonly name: string | null; readonly config: MachineConfig }>(),
  'machine.create': call(MachineDraft).returns<Operation>(),
  'machine.start': call(oneMachine).returns<Operation>(),
  'machine.stop': call(
    z.strictObject({
      machine: MachineReference,
      /** Begin at quit: no word to the guest. */
      force: z.boolean().default(false),
      /** How long the ACPI rung waits; the setting `recovery.stop_seconds` when absent. */
      timeoutSeconds: timeoutSeconds.optional(),
    }),
  ).returns<Operation>(),
  'machine.restart': call(
    z.strictObject({
      machine: MachineReference,
      force: z.boolean().default(false),
      timeoutSeconds: timeoutSeconds.optional(),
    }),
  ).returns<Operation>(),
  /** Holds it where it stands, in memory. */
  'machine.pause': call(oneMachine).returns<Operation>(),
  /** Lets a paused machine go on; a suspended one is started with the memory it had. */
  'machine.resume': call(oneMachine).returns<Operation>(),
  /** Of a machine that does not run. Linked, both share what the source's disk held until now. */
  'machine.clone': call(
    z.strictObject({ machine: MachineReference, name: MachineName, linked: z.boolean().default(false) }),
  ).returns<Operation>(),
  /** A new, empty disk; a machine that runs has it at once. */
  'disk.add': call(z.strictObject({ machine: MachineReference, ...DataDisk.shape })).returns<Operation>(),
  /** To a larger size; a guest that runs sees it at once. */
  'disk.grow': call(
    z.strictObject({ machine: MachineReference, disk: DiskReference, sizeMib: DiskSizeMib }),
  ).returns<Operation>(),
  /** Of a machine that does not run. What was found is in the result; faults are no failure of the check. */
  'disk.check': call(
    z.strictObject({ machine: MachineReference, disk: DiskReference, repair: z.boolean().default(false) }),
  ).returns<Operation>(),
  /** Of a machine that does not run. */
  'disk.compact': call(z.strictObject({ machine: MachineReference, disk: DiskReference })).returns<Operation>(),
  /** Changes the definition; the result tells whether something of it waits for the next start. */
  'machine.edit': call(z.strictObject({ machine: MachineReference, change: MachineEdit })).returns<Operation>(),
  /** The id stays. */
  'machine.rename': call(z.strictObject({ machine: MachineReference, name: MachineName })).returns<Operation>(),
  'machine.tag': call(
    z.strictObject({
      machine: MachineReference,
      action: z.enum(['add', 'remove'], { error: 'Say add or remove.' }),
      /** Of a local machine without a value. */
      tag: TagWithValue,
    }),
  ).returns<Operation>(),
  /** A protected machine cannot be deleted, by whatever force. */
  'machine.protect': call(
    z.strictObject({ machine: MachineReference, protected: z.boolean({ error: 'true or false.' }) }),
  ).returns<Machine>(),
  /** At once, also where the machine runs. Host port 0 chooses a free one; the result tells which. */
  'forward.add': call(
    z.strictObject({
      machine: MachineReference,
      host: z
        .int({ error: 'A port is a whole number.' })
        .min(0, 'A port is 1 to 65535; 0 chooses a free one.')
        .max(65535, 'A port is 1 to 65535; 0 chooses a free one.'),
      guest: Port,
    }),
  ).returns<Operation>(),
  'forward.remove': call(z.strictObject({ machine: MachineReference, host: Port, guest: Port })).returns<Operation>(),
  /** Into the bin, for some days; a running machine is refused. Forced, it goes at once and for good, from the bin too. */
  'machine.delete': call(
    z.strictObject({ machine: MachineReference, force: z.boolean().default(false) }),
  ).returns<Operation>(),
  /** Deleted machines that can still be brought back, the last one deleted first. */
  'machine.bin': call(nothing).returns<readonly Machine[]>(),
  'machine.undelete': call(oneMachine).returns<Operation>(),

  /** Saves the memory into the disks and ends the process; a start or a resume goes on from there. */
  'machine.suspend': call(oneMachine).returns<Operation>(),

  /** Of a machine that runs with its memory, of one that is stopped of its disks alone. */
  'snapshot.take': call(z.strictObject({ machine: MachineReference, name: SnapshotName })).returns<Operation>(),
  /** Oldest first. */
  'snapshot.list': call(oneMachine).returns<readonly Snapshot[]>(),
  /**
   * How the machine is now is kept as a safety snapshot. With its memory the machine runs afterwards; a snapshot without
   * memory, or one whose memory is not wanted, leaves it stopped.
   */
  'snapshot.revert': call(
    z.strictObject({ machine: MachineReference, snapshot: SnapshotName, memory: z.boolean().default(true) }),
  ).returns<Operation>(),
  'snapshot.delete': call(z.strictObject({ machine: MachineReference, snapshot: SnapshotName })).returns<Operation>(),

  'operation.list': call(nothing).returns<readonly Operation[]>(),
  /** Answers when the operation has ended; the way it ended is in the answer, not an error. */
  'operation.wait': call(z.strictObject({ operation: OperationId })).returns<Operation>(),
  'operation.cancel': call(z.strictObject({ operation: OperationId })).returns<Operation>(),

  'journal.list': call(
    z.strictObject({
      machine: MachineReference.optional(),
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(1000, 'At most 1000.').default(10),
      /** Only entries older than this one. */
      before: z.int().min(1).optional(),
    }),
  ).returns<readonly JournalEntry[]>(),

  /** The serial console's log. Without `from`, its end. At most `limit` bytes. */
  'console.read': call(
    z.strictObject({
      machine: MachineReference,
      from: z.int().min(0).optional(),
      limit: z.int().min(1).max(262_144).default(65_536),
    }),
  ).returns<LogText>(),
  /**
   * What the serial console printed after `from`; without it, the end of its log. Answers at once when there is something,
   * else when there is, when the machine starts or ends, or when the wait is over.
   */
  'console.follow': call(
    z.strictObject({
      machine: MachineReference,
      from: z.int().min(0).optional(),
      /** Bytes. */
      limit: z.int().min(1).max(65_536).default(65_536),
      waitMs: z.int().min(0).max(20_000).default(20_000),
    }),
  ).returns<ConsoleOutput>(),
  /** Types to the serial console. Answers when QEMU has taken it; refused when nothing reads at the other end. */
  'console.write': call(
    z.strictObject({
      machine: MachineReference,
      data: z
        .base64({ error: 'Keys come as base64.' })
        .min(1, 'Type something.')
        .max(4096, 'At most 3072 bytes at once.'),
    }),
  ).returns<null>(),
  /** Lines of the log that hold a text, in whichever case, newest first. */
  'console.search': call(
    z.strictObject({
      machine: MachineReference,
      text: z.string().min(1, 'Give a text to look for.').max(200, 'At most 200 characters.'),
      /** Only lines that begin before this offset. */
      before: z.int().min(0).optional(),
      limit: z.int().min(1, 'At least 1.').max(200, 'At most 200.').default(50),
    }),
  ).returns<ConsoleMatches>(),
  /**
   * A picture of the screen, taken now; with `kept` the last one that was taken. Of a machine of Azure always the last one
   * that the platform took, where boot diagnostics are on.
   */
  'machine.screenshot': call(
    z.strictObject({ machine: MachineReference, kept: z.boolean().default(false) }),
  ).returns<Screenshot>(),

  'ssh.target': call(oneMachine).returns<SshWay>(),
  /** Opens the user's terminal program with `ssh` in it. Only the app itself can. */
  'desktop.open-terminal': call(oneMachine).returns<null>(),
  /** Asks the person for a place and writes the readings of a machine there as CSV. Only the app itself can. */
  'desktop.save-csv': call(
    z.strictObject({
      machine: MachineReference,
      from: moment,
      to: moment,
      source: z.enum(sampleSources, { error: `A source is one of ${sampleSources.join(', ')}.` }).optional(),
    }),
  ).returns<{ readonly saved: boolean; readonly rows: number }>(),
  /** The local machines in the words of inventory files. */
  'machine.inventory': call(nothing).returns<readonly InventoryEntry[]>(),
  /** Takes in the machines of `~/.clan-vm`, their disks where they lie. A second time it finds nothing to do. */
  'import.clan': call(
    z.strictObject({
      /** Absolute. */
      folder: WholeFolder,
    }),
  ).returns<ClanImport>(),

  /** Takes over how `~/.azlin/lifecycle-config.toml` has machines watched. A second time it finds nothing to do. */
  'import.azlin': call(z.strictObject({ folder: WholeFolder })).returns<AzlinImport>(),

  /** How a machine ended without being asked to, newest first. */
  'machine.crashes': call(
    z.strictObject({
      machine: MachineReference,
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(100, 'At most 100.').default(10),
    }),
  ).returns<readonly CrashRecord[]>(),
  /** This face shows notifications for as long as it is connected; the engine itself shows them only while none does. */
  'desktop.attach': call(nothing).returns<null>(),

  'host.add': call(SshHostDraft).returns<Machine>(),
  'host.remove': call(oneMachine).returns<null>(),

  'lifecycle.enable': call(
    z.strictObject({ machine: MachineReference, watch: WatchPatch.default({}) }),
  ).returns<WatchStatus>(),
  'lifecycle.disable': call(oneMachine).returns<WatchStatus>(),
  /** Nothing is healed for so long, or until a person lets it go on. */
  'lifecycle.pause': call(
    z.strictObject({
      // Said in so many words: what arrives empty must not hold healing back.
      seconds: z.union(
        [
          z.number({ error: 'A number of seconds.' }).min(1, 'At least 1 s.').max(2_592_000, 'At most 30 days.'),
          z.literal('until-resumed'),
        ],
        { error: 'A number of seconds from 1 to 2592000, or "until-resumed".' },
      ),
    }),
  ).returns<HealingPause>(),
  'lifecycle.resume': call(nothing).returns<HealingPause>(),
  'lifecycle.healing-pause': call(nothing).returns<HealingPause>(),
  /** What was used of its budget is forgiven: a machine that was given up on may be restarted again. */
  'lifecycle.release': call(oneMachine).returns<HealingStatus>(),
  'lifecycle.healing': call(oneMachine).returns<HealingStatus>(),
  /** What a policy would have done over the recorded past. Changes nothing. */
  'lifecycle.rehearse': call(
    z.strictObject({
      machine: MachineReference,
      policy: z.enum(restartPolicies, { error: `One of ${restartPolicies.join(', ')}.` }),
      /** Those of its watch when absent. */
      ladder: HealingLadder.optional(),
      days: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(90, 'At most 90.').default(30),
    }),
  ).returns<HealingRehearsal>(),
  /** Why a machine is as it is, in sentences, with what led there. */
  'machine.why': call(oneMachine).returns<Explanation>(),
  /** Whether the journal is as it was written. */
  'journal.verify': call(nothing).returns<JournalVerification>(),
  /** Of one machine, or of all; those of machines that are not there as well. */
  'hook.list': call(z.strictObject({ machine: MachineReference.optional() })).returns<readonly Hook[]>(),
  /** Names the script that is told of an event, and approves the bytes it has now. */
  'hook.set': call(z.strictObject({ ...oneHook.shape, path: HookPath })).returns<Hook>(),
  'hook.clear': call(oneHook).returns<null>(),
  /** Approves the bytes that were looked at; `conflict` when the script has others by now. */
  'hook.approve': call(z.strictObject({ ...oneHook.shape, sha256: Sha256 })).returns<Hook>(),
  /** Runs it with a sample event. Answers when it has ended, which is a while after its limit at the latest. */
  'hook.test': call(oneHook).returns<HookRun>(),
  /** Newest first, without what they printed. */
  'hook.runs': call(
    z.strictObject({
      machine: MachineReference.optional(),
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(100, 'At most 100.').default(20),
    }),
  ).returns<readonly HookRunSummary[]>(),
  'hook.run': call(z.strictObject({ run: z.uuid({ error: 'The id of a run.' }) })).returns<HookRun>(),
  'hook.read': call(oneHook).returns<HookText>(),
  /** Writes the script, a new one in the data home where there is none, and approves what was written. */
  'hook.write': call(
    z.strictObject({
      ...oneHook.shape,
      text: z
        .string({ error: 'Give the text.' })
        .max(1_048_576, 'At most 1 MiB.')
        .regex(/^#!/, 'A script begins with "#!" and the program that reads it, like #!/bin/sh.'),
    }),
  ).returns<Hook>(),

  /** The script that checks a machine, with its text to look at; null where none does. */
  'check-script.get': call(oneMachine).returns<CheckScript | null>(),
  /** Names the script that checks a machine, and approves the bytes it has now. */
  'check-script.set': call(z.strictObject({ machine: MachineReference, path: HookPath })).returns<CheckScript>(),
  /** No script checks it any more. */
  'check-script.clear': call(oneMachine).returns<null>(),
  /** Approves the bytes that were looked at; `conflict` when the script has others by now. */
  'check-script.approve': call(z.strictObject({ machine: MachineReference, sha256: Sha256 })).returns<CheckScript>(),

  /** Of one machine, or of every machine under watch. */
  'lifecycle.status': call(z.strictObject({ machine: MachineReference.optional() })).returns<readonly WatchStatus[]>(),
  /** Checks one machine now, or every machine under watch. A failure so soon after the last one is not counted twice. */
  'health.check': call(z.strictObject({ machine: MachineReference.optional() })).returns<readonly HealthRound[]>(),

  /** The newest sample of every machine and source. */
  'metrics.newest': call(nothing).returns<readonly Sample[]>(),
  /** The last values of every machine or of some, oldest first, for lines the size of a word. Of strangers there are none. */
  'metrics.recent': call(
    z.strictObject({
      points: z.int().min(2).max(60).default(24),
      machines: z.array(MachineReference).max(500, 'At most 500 machines.').optional(),
    }),
  ).returns<readonly RecentSeries[]>(),
  /** One machine over time, thinned so that peaks and gaps survive. Guest and host views apart. */
  'metrics.history': call(metricsRange).returns<readonly Sample[]>(),
  /** The stretches of the same range between whose readings nothing is known, each source on its own. */
  'metrics.gaps': call(metricsRange).returns<readonly ReadingGap[]>(),
  /** One machine over time by hours or days, each with its lowest and highest; neighbours are joined beyond `points`. */
  'metrics.roll-ups': call(z.strictObject({ ...metricsRange.shape, level: RollUpLevelName })).returns<
    readonly RollUp[]
  >(),
  /** One value of several machines over the same time. A machine of which nothing is known has no points. */
  'metrics.compare': call(
    z.strictObject({
      machines: z.array(MachineReference).min(1, 'Name a machine.').max(20, 'At most 20 machines.'),
      metric: z.enum(sampleMetrics, { error: `A value is one of ${sampleMetrics.join(', ')}.` }),
      from: moment,
      to: moment,
      level: z.enum(sampleLevels, { error: `A level is one of ${sampleLevels.join(', ')}.` }),
      /** At most so many of each machine. */
      points: z.int().min(2).max(300).default(300),
    }),
  ).returns<readonly ComparedSeries[]>(),
  /** The readings of one machine as CSV, piece by piece; where single readings are gone, the hours, then the days. */
  'metrics.export': call(
    z.strictObject({
      machine: MachineReference,
      from: moment,
      to: moment,
      /** The guest's own where it tells, else its process, when absent. */
      source: z.enum(sampleSources, { error: `A source is one of ${sampleSources.join(', ')}.` }).optional(),
      /** `next` of the piece before; the first piece without it. */
      after: z
        .string()
        .regex(/^(?:guest|ssh|azure|host) (?:raw|hourly|daily) -?\d{1,16}$/, 'Give what the last piece said.')
        .optional(),
    }),
  ).returns<CsvPiece>(),

  /** Those in force, and those that are switched off. Where messages go is not among them: it may be a secret. */
  'alert.rules': call(nothing).returns<readonly AlertRule[]>(),
  'alert.add': call(AlertRule).returns<AlertRule>(),
  'alert.enable': call(
    z.strictObject({ ...oneRule.shape, enabled: z.boolean({ error: 'true or false.' }) }),
  ).returns<AlertRule>(),
  'alert.remove': call(oneRule).returns<null>(),
  /** Puts another rule in the place of one; comments of the file stay. */
  'alert.change': call(z.strictObject({ ...oneRule.shape, to: AlertRule })).returns<AlertRule>(),
  /** How often each rule fired in the last 30 days; without those that did not. */
  'alert.counts': call(nothing).returns<readonly AlertCount[]>(),
  /** The file of the rules as text, without what may be a secret; also while it is broken. */
  'alert.text': call(nothing).returns<AlertText>(),
  /** What would be wrong with the file if this were its text. Changes nothing. */
  'alert.judge-text': call(z.strictObject({ text: AlertFileText })).returns<readonly AlertTextFault[]>(),
  /** `bad-input` with line and field for a text that is broken, `conflict` when the file has changed since `version`. */
  'alert.write-text': call(
    z.strictObject({
      text: AlertFileText,
      version: z.string().regex(/^alert_rules\.(?:yaml|json) [0-9a-f]{64}$/, 'Give the version that was read.'),
    }),
  ).returns<AlertText>(),
  /** Shows the message of a rule as the desktop would. */
  'alert.test': call(oneRule).returns<AlertMessage>(),
  /** Those that fire, and those that are about to. */
  'alert.active': call(nothing).returns<readonly Episode[]>(),
  /** The one that fired last first; kept for 90 days. */
  'alert.history': call(
    z.strictObject({
      rule: AlertRuleName.optional(),
      machine: MachineReference.optional(),
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(1000, 'At most 1000.').default(50),
      before: moment.optional(),
    }),
  ).returns<readonly Episode[]>(),
  /** Somebody sees to it: it is not said again. */
  'alert.acknowledge': call(
    z.strictObject({
      episode: z
        .string({ error: 'The id of an alert.' })
        .regex(/^[0-9a-f-]{8,36}$/, 'The id of an alert, or the first 8 or more characters of it.'),
    }),
  ).returns<Episode>(),
  'alert.snooze': call(
    z.strictObject({
      ...oneRule.shape,
      /** Every machine when absent. */
      machine: MachineReference.optional(),
      seconds: z.number({ error: 'A number of seconds.' }).min(1, 'At least 1 s.').max(2_592_000, 'At most 30 days.'),
    }),
  ).returns<AlertMute>(),
  /** What is snoozed, and which maintenance is planned. */
  'alert.mutes': call(nothing).returns<readonly AlertMute[]>(),
  /** Once, until a moment, or every week. Nothing is told meanwhile; afterwards what is not known yet. */
  'alert.plan-maintenance': call(
    z
      .strictObject({
        machine: MachineReference.optional(),
        from: moment.optional(),
        until: moment.optional(),
        window: MaintenanceWindow.optional(),
      })
      .refine(
        ({ from, until, window }) => (window === undefined ? until !== undefined : (from ?? until) === undefined),
        {
          error: 'Give until, or a window like "sat,sun 22:00-04:00".',
          path: ['until'],
        },
      ),
  ).returns<AlertMute>(),
  'alert.remove-mute': call(
    z.strictObject({
      mute: z
        .string({ error: 'The id of a snooze or maintenance.' })
        .regex(/^[0-9a-f-]{8,36}$/, 'The id of a snooze or maintenance, or the first 8 or more characters of it.'),
    }),
  ).returns<null>(),
  /** What a rule would have done over the recorded past. Changes nothing. */
  'alert.rehearse': call(
    z.strictObject({
      /** The name of one, or one that is still to be. */
      rule: z.union([AlertRuleName, AlertRule]),
      days: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(90, 'At most 90.').default(30),
    }),
  ).returns<AlertRehearsal>(),

  'channel.list': call(nothing).returns<readonly Channel[]>(),
  /** Sends a message of a test, also over one that is off. Answers how it went, which is no error. */
  'channel.test': call(z.strictObject({ channel: ChannelName })).returns<ChannelTest>(),
  /** Switches it on or off, and says from which severity on it is told; what is left out stays as it is. */
  'channel.set': call(
    z.strictObject({
      channel: ChannelName,
      enabled: z.boolean({ error: 'true or false.' }).optional(),
      minSeverity: z.enum(alertSeverities, { error: `A severity is one of ${alertSeverities.join(', ')}.` }).optional(),
    }),
  ).returns<Channel>(),
  /** A message of a rule as a person will see it there: made as the real ones are, sent to nobody. */
  'channel.preview': call(
    z.strictObject({
      channel: ChannelName,
      /** The first rule when absent. */
      rule: AlertRuleName.optional(),
      tells: z.enum(previewKinds, { error: `It tells of ${previewKinds.join(' or ')}.` }).default('firing'),
    }),
  ).returns<ChannelPreview>(),
  'channel.secrets': call(nothing).returns<ChannelSecrets>(),
  /** Has a secret kept by the key store of the desktop. No call gives one back. */
  'channel.keep-secret': call(z.strictObject({ slot: SecretSlotName, secret: SecretText })).returns<ChannelSecret>(),
  'channel.forget-secret': call(z.strictObject({ slot: SecretSlotName })).returns<ChannelSecret>(),
  /** Newest first. */
  'delivery.list': call(
    z.strictObject({
      state: z.enum(deliveryStates, { error: `A state is one of ${deliveryStates.join(', ')}.` }).optional(),
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(1000, 'At most 1000.').default(50),
    }),
  ).returns<readonly Delivery[]>(),
  /** One that is parked is tried again, from the beginning. */
  'delivery.resend': call(
    z.strictObject({
      delivery: z
        .string({ error: 'The id of a message.' })
        .regex(/^[0-9a-f-]{8,36}$/, 'The id of a message, or the first 8 or more characters of it.'),
    }),
  ).returns<Delivery>(),

  /** What CPU, memory and disk of every machine come to; what is at risk within `days` first. */
  'forecast.list': call(
    z.strictObject({
      machine: MachineReference.optional(),
      days: forecastDays,
      atRiskOnly: z.boolean().default(false),
      /** At once, without the machines that are still to be worked out; `forecasts.renewed` tells when there is more. */
      soFar: z.boolean().default(false),
    }),
  ).returns<readonly Forecast[]>(),
  /** One of them, with what a chart of it shows. */
  'forecast.get': call(
    z.strictObject({
      machine: MachineReference,
      metric: z.enum(forecastMetrics, { error: `A metric is one of ${forecastMetrics.join(', ')}.` }),
      days: forecastDays,
    }),
  ).returns<ForecastDetail>(),

  /** One SELECT over the table `metrics`; it only reads, and not for long. */
  'metrics.sql': call(
    z.strictObject({
      query: z
        .string({ error: 'Give a query.' })
        .max(4096, 'A query has at most 4096 characters.')
        .regex(/^\s*select\s/i, 'A query begins with SELECT.'),
      limit: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(10_000, 'At most 10000.').default(1000),
    }),
  ).returns<SqlAnswer>(),

  'azure.status': call(nothing).returns<AzureStatus>(),
  /** Begins a sign-in and answers with what the person has to do; one at a time. */
  'azure.sign-in': call(
    z.strictObject({
      way: z.enum(azureSignInWays, { error: `A way is one of ${azureSignInWays.join(', ')}.` }),
      tenant: AzureTenant.optional(),
      cloud: z.enum(azureClouds, { error: `A cloud is one of ${azureClouds.join(', ')}.` }).optional(),
    }),
  ).returns<AzureSignInPrompt>(),
  /** Answers when the sign-in is over and its machines were read; why it did not succeed is an error. */
  'azure.sign-in-wait': call(z.strictObject({ id: z.uuid({ error: 'The id of a sign-in.' }) })).returns<AzureStatus>(),
  /** Gives a sign-in up; the one that is under way, whichever face began it, when none is named. */
  'azure.sign-in-cancel': call(
    z.strictObject({ id: z.uuid({ error: 'The id of a sign-in.' }).optional() }),
  ).returns<null>(),
  /** Forgets the account; its machines leave the fleet and nothing is done to them. */
  'azure.sign-out': call(nothing).returns<AzureStatus>(),
  /** Whose machines belong to the fleet; those of every subscription of the account when none is named. */
  'azure.choose': call(
    z.strictObject({
      subscriptions: z.array(SubscriptionId).max(100, 'At most 100 subscriptions.'),
      resourceGroups: z.array(ResourceGroup).max(200, 'At most 200 resource groups.').optional(),
    }),
  ).returns<AzureStatus>(),
  /** Reads everything anew, now. */
  'azure.refresh': call(nothing).returns<AzureStatus>(),
  /** Off, and no longer paid for but for its disks. */
  'azure.deallocate': call(oneMachine).returns<Operation>(),
  /** To another host of Azure. */
  'azure.redeploy': call(oneMachine).returns<Operation>(),
  /** When machines are started and deallocated by themselves. */
  'azure.schedules': call(nothing).returns<readonly AzureScheduleView[]>(),
  /** Puts a schedule like `start 08:00, stop 19:00, mon-fri, Europe/Berlin` in the place of the machine's own; absent, it is taken away. */
  'azure.schedule': call(
    z.strictObject({ ...oneMachine.shape, schedule: z.string().min(1).max(200, 'At most 200 characters.').optional() }),
  ).returns<readonly AzureScheduleView[]>(),
  'azure.resize': call(z.strictObject({ machine: MachineReference, size: AzureSize })).returns<Operation>(),
  /** By the agent of Azure inside; one at a time in each machine, the others wait for it. What it printed is in the result. */
  'azure.run-command': call(z.strictObject({ machine: MachineReference, script: AzureScript })).returns<Operation>(),
  /** The end of what a machine wrote to its console, where boot diagnostics keep it; also of one that does not answer. */
  'azure.boot-log': call(oneMachine).returns<{ readonly text: string }>(),

  'settings.get': call(nothing).returns<Settings>(),
  'settings.change': call(SettingsPatch).returns<Settings>(),
} as const;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type ParsedInput<N extends CallName> = z.output<(typeof calls)[N]['input']>;
export type CallResult<N extends CallName> =
  | NonNullable<(typeof calls)[N]['result']>
  | (null extends (typeof calls)[N]['result'] ? null : never);

/** Names a call without touching `Object.prototype`: `constructor` and `__proto__` are no calls. */
export function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(calls, name);
}

/** What a person uses. */
export type Face = 'app' | 'cli' | 'socket';

/** Who asks. The dispatcher hands it to every handler; a face fills it in, never the caller's input. */
export interface CallContext {
  /** Operating-system account of the person behind the call. */
  readonly user: string;
  /** `engine`: nobody asked; it is healing, and `cause` is the entry of the journal that says why. */
  readonly face: Face | 'engine';
  readonly cause?: number;
  /** Aborts when the face has gone; absent for one that lives as long as the engine. */
  readonly gone?: StopSignal;
}

/** A missing handler is a compile error. */
export type Handlers = {
  readonly [N in CallName]: (input: ParsedInput<N>, context: CallContext) => Promise<CallResult<N>> | CallResult<N>;
};
