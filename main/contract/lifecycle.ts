import { z } from 'zod';
import { Port } from './machine.ts';
import { KeyFile, SshUser } from './ssh-host.ts';

/**
 * `lifecycle-config.toml`: which machines are watched, and how. Names as people already have them in such files; durations
 * in seconds.
 */

const seconds = (low: number, high: number) =>
  z.number({ error: 'A number of seconds.' }).min(low, `At least ${low} s.`).max(high, `At most ${high} s.`);

/** Declared without their defaults, because a change must not carry defaults for what it leaves out. */
const fields = {
  enabled: z.boolean({ error: 'true or false.' }),
  check_interval_seconds: seconds(5, 3600),
  /** Failed checks in a row until the machine counts as unhealthy. */
  ssh_failure_threshold: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(100, 'At most 100.'),
  /** For one check as a whole. */
  health_check_timeout: seconds(1, 300),
  /** After a start no failure counts for so long; 0 switches it off. */
  start_allowance_seconds: seconds(0, 3600),
  /** Where SSH answers; a local machine's forward to port 22 when absent. */
  ssh_host: z.string().min(1, 'Give an address.').max(253, 'An address has at most 253 characters.').optional(),
  ssh_port: Port.optional(),
  ssh_user: SshUser.optional(),
  ssh_key: KeyFile.optional(),
  /** Take the host key that is seen first, and no other afterwards; what the host was added with when absent. */
  ssh_trust_on_first_use: z.boolean({ error: 'true or false.' }).optional(),
};

export const WatchConfig = z.strictObject({
  ...fields,
  enabled: fields.enabled.default(true),
  check_interval_seconds: fields.check_interval_seconds.default(60),
  ssh_failure_threshold: fields.ssh_failure_threshold.default(3),
  health_check_timeout: fields.health_check_timeout.default(30),
  start_allowance_seconds: fields.start_allowance_seconds.default(120),
});
export type WatchConfig = z.infer<typeof WatchConfig>;

export const LifecycleConfig = z.strictObject({
  vms: z.record(z.string().min(1).max(256), WatchConfig).default({}),
});
export type LifecycleConfig = z.infer<typeof LifecycleConfig>;

/** Changes to how one machine is watched; what is left out stays as it is, null goes back to what holds without the key. */
export const WatchPatch = z
  .strictObject({
    ...fields,
    ssh_host: fields.ssh_host.nullable(),
    ssh_port: fields.ssh_port.nullable(),
    ssh_user: fields.ssh_user.nullable(),
    ssh_key: fields.ssh_key.nullable(),
    ssh_trust_on_first_use: fields.ssh_trust_on_first_use.nullable(),
  })
  .partial();
export type WatchPatch = z.infer<typeof WatchPatch>;

/** How a machine is watched after a change; `present` is undefined for one that nobody asked to watch so far. */
export function patchedWatch(present: WatchConfig | undefined, patch: WatchPatch): WatchConfig {
  const changed = Object.entries(patch).filter(([, value]) => value !== undefined);
  const next = Object.entries({ ...present, ...Object.fromEntries(changed) }).filter(([, value]) => value !== null);
  return WatchConfig.parse(Object.fromEntries(next));
}

/** How one machine is watched, and how that goes. */
export interface WatchStatus {
  readonly machine: string;
  readonly enabled: boolean;
  /** Seconds. */
  readonly checkInterval: number;
  readonly sshFailures: number;
  readonly sshThreshold: number;
  readonly lastCheck: string | null;
  readonly lastStatus: string;
  readonly reason: string | null;
  readonly advice: string | null;
  /** `user@address:port`; null when there is nothing to speak to. */
  readonly target: string | null;
  /** What `lifecycle-config.toml` says of it, defaults filled in; null when it says nothing. */
  readonly config: WatchConfig | null;
}
