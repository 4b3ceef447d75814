import { z } from 'zod';
import type { Failure } from './failure.ts';
import type { PortForward } from './machine.ts';
import type { DiskCheck } from './machine-disk.ts';

/** A long job: begun by a verb, followed by events, ended exactly once. */

export const operationKinds = [
  'create',
  'start',
  'stop',
  'restart',
  'delete',
  'pause',
  'resume',
  'suspend',
  'edit',
  'rename',
  'clone',
  'undelete',
  'snapshot',
  'revert',
  'snapshot-delete',
  'disk-add',
  'disk-grow',
  'disk-check',
  'disk-compact',
  'deallocate',
  'redeploy',
  'resize',
  'run-command',
] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = ['running', 'done', 'failed', 'cancelled'] as const;
export type OperationState = (typeof operationStates)[number];

export const OperationId = z.uuid({ error: 'An operation id is a uuid.' });

/** How a stop went: the rung of the ladder that ended the machine. */
export const stopRungs = ['agent', 'acpi', 'quit', 'term', 'kill', 'ended'] as const;
/** `ended`: the machine was already gone when the stop reached it. */
export type StopRung = (typeof stopRungs)[number];

export interface OperationResult {
  readonly rung?: StopRung;
  readonly pid?: number;
  /** What a person should know now that it is done. */
  readonly note?: string;
  /** What a script printed. */
  readonly output?: string;
  /** Name of the machine that a clone made, or of the snapshot that Azure did. */
  readonly made?: string;
  /** What a check of a disk found. */
  readonly check?: DiskCheck;
  /** Of a deletion: it can be brought back until then; ISO 8601 UTC. */
  readonly restorableUntil?: string;
  /** Of an edit: something of it waits for the next start. */
  readonly pending?: boolean;
  /** The port forward that was added or taken back. */
  readonly forward?: PortForward;
}

export interface Operation {
  readonly id: string;
  /** Name of the machine at the time. */
  readonly machine: string;
  readonly machineId: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** 0 to 1; null when it cannot be told. */
  readonly progress: number | null;
  /** What is being done right now, in a few words. */
  readonly step: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly cancellable: boolean;
  /** Nobody asked for it: Vigil heals. */
  readonly healing?: true;
  readonly result?: OperationResult;
  readonly error?: Failure;
}
