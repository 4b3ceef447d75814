import type { WatchConfig } from '../../contract/lifecycle.ts';
import type { MachineState, WantedState } from '../../contract/machine.ts';
import type { FleetMachine } from '../fleet/machine-view.ts';
import type { HealthEvidence } from '../health/health-evidence.ts';
import type { RemoteMachine } from '../health/remote-machine.ts';
import type { HostRecord } from '../ports/state-store.ts';
import type { Failure } from './judge-healing.ts';

/** A machine of any kind, as far as healing is concerned with it. Moments are wall-clock milliseconds. */
export interface Patient {
  readonly id: string;
  readonly name: string;
  readonly kind: 'qemu' | 'azure' | 'ssh';
  readonly watch: WatchConfig;
  readonly wanted: WantedState;
  readonly state: MachineState;
  /** What can be seen without any check: it ended, or its guest is lost and it is held. */
  readonly end: { readonly kind: 'ended' | 'held'; readonly at: number; readonly reason: string } | null;
}

/** Null for one that nobody asked to watch. */
export function machinePatient({ record, run }: FleetMachine, watch: WatchConfig | undefined): Patient | null {
  if (watch === undefined || !watch.enabled || record.deletedAt !== undefined) return null;
  const { id, name, wanted, state, notice } = record;
  const isLost = state === 'failed' || (state === 'stopped' && wanted === 'running');
  const at = Date.parse(notice?.since ?? record.stoppedAt ?? record.createdAt);
  const reason = notice?.text ?? `'${name}' does not run.`;
  const end = isLost ? ({ kind: run === null ? 'ended' : 'held', at, reason } as const) : null;
  return { id, name, kind: 'qemu', watch, wanted, state, end };
}

/**
 * A machine of a cloud that does not run may have been switched off by anybody who may: nothing but its checks, which take
 * place while its provider says that it runs, speaks for it. Null for one that nobody asked to watch.
 */
export function remotePatient(machine: RemoteMachine, watch: WatchConfig | undefined): Patient | null {
  if (watch === undefined || !watch.enabled) return null;
  const { id, name, provider, wanted, state } = machine;
  return { id, name, kind: provider, watch, wanted, state, end: null };
}

/** A host is always meant to run; nothing but its checks speaks for it. */
export function hostPatient(host: HostRecord, watch: WatchConfig): Patient | null {
  if (!watch.enabled) return null;
  return { id: host.id, name: host.name, kind: 'ssh', watch, wanted: 'running', state: 'running', end: null };
}

/** What is wrong with it; null when nothing is. What needs no check goes first. */
export function failureOf(patient: Patient, evidence: HealthEvidence | null): Failure | null {
  if (patient.end !== null) {
    const { kind, at, reason } = patient.end;
    return { kind, since: at, reason, count: null };
  }
  return evidence?.failure ?? null;
}
