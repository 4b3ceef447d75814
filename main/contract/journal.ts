/** Who did what to which machine, when and why: append-only. */

export const journalActors = ['user', 'engine', 'hook', 'azure'] as const;
export type JournalActor = (typeof journalActors)[number];

/** A closed list, so that a timeline can mark each kind and a script can rely on the word. */
export const journalActions = [
  'machine.created',
  'machine.create-failed',
  'machine.started',
  'machine.start-failed',
  'machine.stopped',
  'machine.stop-failed',
  'machine.restarted',
  'machine.deleted',
  'machine.delete-failed',
  'machine.ended',
  'machine.adopted',
  'machine.quarantined',
  'machine.paused',
  'machine.resumed',
  'machine.panicked',
  'machine.suspended',
  'machine.edited',
  'machine.renamed',
  'machine.cloned',
  'machine.imported',
  'history.imported',
  'machine.undeleted',
  'machine.purged',
  'machine.protected',
  'machine.unprotected',
  'machine.verb-failed',
  'snapshot.taken',
  'snapshot.reverted',
  'snapshot.deleted',
  'snapshot.failed',
  'disk.added',
  'disk.grown',
  'disk.checked',
  'disk.compacted',
  'operation.cancelled',
  'operation.interrupted',
  'console.typed',
  'machine.deallocated',
  'machine.redeployed',
  'machine.resized',
  'machine.command-ran',
  'machine.vanished',
  'azure.machines-appeared',
  'azure.opinion',
  'azure.signed-in',
  'azure.signed-out',
  'azure.sign-in-needed',
  'schedule.due',
  'schedule.skipped',
  'schedule.failed',
  'host.added',
  'host.removed',
  'health.changed',
  'machine.rebooted',
  'watch.changed',
  'healing.intended',
  'healing.done',
  'healing.failed',
  'healing.interrupted',
  'healing.refused',
  'healing.rehearsed',
  'healing.gave-up',
  'healing.released',
  'healing.paused',
  'healing.resumed',
  'hook.begun',
  'hook.ran',
  'hook.failed',
  'hook.refused',
  'hook.approved',
  'hook.changed',
  'alert.fired',
  'alert.resolved',
  'alert.flapping',
  'alert.reminded',
  'alert.escalated',
  'alert.acknowledged',
  'alert.muted',
  'alert.unmuted',
  'alert.rules-changed',
  'delivery.parked',
  'delivery.resent',
  'accelerator.fallback',
  'definition.rejected',
  'settings.rejected',
  'settings.changed',
  'engine.started',
  'engine.stopped',
  'storage.restored',
  'storage.full',
  'storage.recovered',
] as const;
export type JournalAction = (typeof journalActions)[number];

/** Facts about the entry; plain JSON values only. */
export type JournalDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface JournalEntry {
  /** Rises by one per entry. */
  readonly id: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly machineId?: string;
  /** Name of the machine at the time. */
  readonly machine?: string;
  readonly actor: JournalActor;
  readonly action: JournalAction;
  /** One sentence a person can read. */
  readonly summary: string;
  readonly details: JournalDetails;
  /** Id of the entry that led to this one. */
  readonly cause?: number;
}

/** Each entry is sealed with the ones before it, so that a change by another hand shows. */
export interface JournalVerification {
  /** Sealed entries that were looked at. */
  readonly entries: number;
  /** Id of the first entry that is not as it was written, or is gone; null when all are. */
  readonly brokenAt: number | null;
  /** One sentence. */
  readonly summary: string;
}
