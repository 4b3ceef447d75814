import type { EngineHost, EngineNotice } from './engine-status.ts';
import type { JournalEntry } from './journal.ts';
import type { Machine } from './machine.ts';
import type { DesktopNotification } from './notification.ts';
import type { Operation } from './operation.ts';
import type { Sample } from './sample.ts';
import type { Settings } from './settings.ts';

/**
 * Every event, declared once: name -> payload. Events announce; nothing steers by them.
 * A late listener subscribes first and then makes the matching call, so that nothing falls between.
 */
export interface Events {
  'machine.changed': Machine;
  'machine.removed': { readonly id: string; readonly name: string };
  'operation.changed': Operation;
  /** A snapshot of this machine came, changed or went. */
  'snapshots.changed': { readonly machineId: string };
  'journal.appended': JournalEntry;
  'engine.notices-changed': readonly EngineNotice[];
  'settings.changed': Settings;
  /** A round of readings, one sample per machine and source. */
  'metrics.collected': { readonly at: string; readonly samples: readonly Sample[] };
  /** Hours were taken in or forecasts weighed anew: what was shown of them is old. */
  'forecasts.renewed': { readonly at: string };
  /** Alerts, their waits, snoozes or maintenance are not what they were. */
  'alerts.changed': { readonly at: string };
  /** The file of the alert rules was read anew: rules, channels, or what is wrong with it. */
  'alert-rules.changed': { readonly at: string };
  /** Messages about alerts were written, tried or sent again. */
  'deliveries.changed': { readonly at: string };
  /** A sign-in to Azure began or ended, or somebody signed out. */
  'azure.sign-in-changed': { readonly at: string };
  /** The machines of Azure were looked at. Only those about which there is news are told of by themselves. */
  'azure.read': { readonly at: string };
  'notification.raised': DesktopNotification;
  /** A person has seen to it, or it is over. */
  'notification.closed': { readonly key: string };
  /** This face has an engine again, after it had none: everything known must be read anew. */
  'engine.connected': { readonly host: EngineHost; readonly pid: number };
  'engine.disconnected': { readonly reason: string };
}

export type EventName = keyof Events;

const names: Record<EventName, true> = {
  'machine.changed': true,
  'machine.removed': true,
  'operation.changed': true,
  'snapshots.changed': true,
  'journal.appended': true,
  'engine.notices-changed': true,
  'settings.changed': true,
  'metrics.collected': true,
  'forecasts.renewed': true,
  'alerts.changed': true,
  'alert-rules.changed': true,
  'deliveries.changed': true,
  'azure.sign-in-changed': true,
  'azure.read': true,
  'notification.raised': true,
  'notification.closed': true,
  'engine.connected': true,
  'engine.disconnected': true,
};
export const eventNames = Object.keys(names) as readonly EventName[];

export interface EventMessage<N extends EventName = EventName> {
  readonly name: N;
  readonly payload: Events[N];
}

/** The side that announces. */
export interface EventSink {
  publish<N extends EventName>(name: N, payload: Events[N]): void;
}

/** The side that listens; `subscribe` returns its own undo. */
export interface EventSource {
  subscribe<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void;
}
