import type { MachineNotice, MachineState, WantedState } from '../../contract/machine.ts';
import type { AzureOrder, AzureVm } from './azure.ts';

/** A machine of Azure as it is stored: who it is, what is wanted of it, and how it was seen when that last changed. */
export interface AzureMachineRecord {
  readonly id: string;
  readonly vm: AzureVm;
  readonly wanted: WantedState;
  readonly state: MachineState;
  /** Azure's own words; null when it said nothing. */
  readonly power: string | null;
  readonly provisioning: string | null;
  readonly billed: boolean | null;
  readonly notice: MachineNotice | null;
  /** When it joined the fleet. */
  readonly createdAt: string;
  /** Absent: may be deleted. */
  readonly protected?: true;
  /** What became of an order is not known: until then nothing is done to it that nobody asked for. ISO 8601 UTC. */
  readonly quietUntil?: string;
  /** The last moment of its schedule that was dealt with. ISO 8601 UTC. */
  readonly scheduledAt?: string;
  /** When a person last started or stopped it from here. ISO 8601 UTC. */
  readonly personAt?: string;
}

/**
 * An order under way, one for each machine. Written before it is sent, again when Azure has taken it, and gone with the end
 * of its operation: a crash at any moment finds by it what must not be sent again.
 */
export interface AzureWorkRecord {
  readonly machineId: string;
  /** Id of the operation that it belongs to, once that has one. */
  readonly order: AzureOrder;
  /** `sending`: whether it left is known to this very process alone. `unsure`: to nobody. */
  readonly phase: 'sending' | 'sent' | 'unsure';
  /** Finds the operation in Azure again. */
  readonly ticket: string | null;
  /** Wall-clock milliseconds. */
  readonly sentAt: number;
  readonly deadlineAt: number;
  /** When the first look after an unsure sending succeeded. */
  readonly lookedAt: number | null;
  /** As the machine was before. */
  readonly before: MachineState;
  /** Who asked. */
  readonly by: { readonly user: string; readonly face: 'app' | 'cli' | 'socket' | 'engine'; readonly cause?: number };
}
