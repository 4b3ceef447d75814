import { z } from 'zod';
import { firmwares } from './machine.ts';

/** A point a machine can go back to. */

export const snapshotCreators = ['user', 'schedule', 'safety'] as const;
export type SnapshotCreator = (typeof snapshotCreators)[number];

export const SnapshotName = z
  .string({ error: 'Give the snapshot a name.' })
  .min(1, 'Give the snapshot a name.')
  .max(63, 'The name of a snapshot has at most 63 characters.')
  .regex(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?$/,
    'The name of a snapshot is made of letters, digits, . _ and -, and begins and ends with a letter or digit.',
  );

/** What must be the same for saved memory to load: an upgrade changes it, and a person is told before, not after. */
export const StateVersions = z.strictObject({
  qemu: z.string(),
  machineType: z.string(),
  accelerator: z.string(),
  cpuModel: z.string(),
  firmware: z.enum(firmwares),
});
export type StateVersions = z.infer<typeof StateVersions>;

/** Times ISO 8601 UTC. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  readonly machine: string;
  readonly machineId: string;
  readonly at: string;
  /** Name of the snapshot it was taken after; null for the first. */
  readonly parent: string | null;
  /** Bytes it holds of its own in the images of the machine; null where it cannot be told. */
  readonly sizeBytes: number | null;
  /** With the memory of a running machine. */
  readonly live: boolean;
  readonly creator: SnapshotCreator;
  /** Account of the person behind it; null for a safety snapshot. */
  readonly user: string | null;
  /** When a safety snapshot goes by itself; null for one that stays. */
  readonly expiresAt: string | null;
  /** The machine's present descends from this one. */
  readonly current: boolean;
  /** File systems were frozen by the guest agent while it was taken. */
  readonly consistent: boolean;
  /** Why it cannot be gone back to, and the way out; null when it can. */
  readonly obstacle: string | null;
}
