import { z } from 'zod';
import { healingRungs, type RestartPolicy, restartPolicies } from './healing.ts';
import type { CheckReport } from './health-check.ts';
import { type HookEvent, HookPath, hookEvents } from './hook.ts';
import { MachineReference, Port } from './machine.ts';
import { MaintenanceWindow } from './maintenance-window.ts';
import { SnapshotName } from './snapshot.ts';
import { KeyFile, SshUser } from './ssh-host.ts';

/**
 * `lifecycle-config.toml`: which machines are watched and how, what may be done for one that is not well, and which scripts
 * are told. Names as people already have them in such files; durations in seconds.
 */

const seconds = (low: number, high: number) =>
  z.number({ error: 'A number of seconds.' }).min(low, `At least ${low} s.`).max(high, `At most ${high} s.`);

const percent = z.number({ error: 'A number of percent.' }).min(1, 'At least 1 %.').max(100, 'At most 100 %.');
const flag = z.boolean({ error: 'true or false.' });
const atMost = <T extends z.ZodType>(what: T, count: number) =>
  z.array(what, { error: 'A list like ["one", "two"].' }).max(count, `At most ${count}.`);

/** A systemd unit by its whole name. It becomes part of a command on the machine, so it may hold nothing a shell reads. */
export const UnitName = z
  .string({ error: 'A unit like "nginx.service".' })
  .max(255, 'A unit has at most 255 characters.')
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_:.@-]*\.(?:service|socket|timer|mount|target|path|scope|slice)$/,
    'A unit like "nginx.service".',
  );
/** A file on the machine; the same goes for it. */
const RemotePath = z
  .string({ error: 'A path on the machine.' })
  .max(1024, 'A path has at most 1024 characters.')
  .regex(/^\/[A-Za-z0-9_./@:+-]*$/, 'A whole path of letters, digits and _ . / @ : + -, from the root.');
const HttpAddress = z
  .url({ protocol: /^https?$/, error: 'An address like "http://192.168.1.5:8080/health".' })
  .max(2000, 'An address has at most 2000 characters.');
const ConsoleText = z
  .string({ error: 'A text to look for.' })
  .min(1, 'Give a text to look for.')
  .max(200, 'At most 200 characters.');

/** Declared without their defaults, because a change must not carry defaults for what it leaves out. */
/** What may be tried, gentlest first. */
export const HealingLadder = atMost(
  z.enum(healingRungs, { error: `One of ${healingRungs.join(', ')}.` }),
  healingRungs.length,
);

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
  ssh_trust_on_first_use: flag.optional(),
  /** Good checks in a row until what failed counts as well again. */
  recovery_threshold: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(100, 'At most 100.'),

  /** Ports of the machine that must take a connection, where SSH answers. */
  check_tcp: atMost(Port, 16),
  /** Must answer with a status from 200 to 399; no other place is followed to. */
  check_http: atMost(HttpAddress, 16),
  /** Must not come up on the serial console; what stood there before the start of the run does not count. */
  check_console: atMost(ConsoleText, 16),
  /** The guest agent must answer. */
  check_agent: flag,
  /** A script of one's own on this computer: ends with 0 healthy, 1 warning, 2 critical, else unknown. */
  check_script: HookPath.optional(),
  /** Units that must be active, seen over SSH. */
  services: atMost(UnitName, 16),
  /** A file that something on the machine touches while it is well. */
  heartbeat_file: RemotePath.optional(),
  heartbeat_max_age_seconds: seconds(1, 86_400),
  disk_warning_percent: percent,
  disk_critical_percent: percent,
  memory_warning_percent: percent,

  restart_policy: z.enum(restartPolicies, { error: `One of ${restartPolicies.join(', ')}.` }),
  /** Decide and write down, but do nothing. */
  dry_run: flag,
  ladder: HealingLadder,
  /** Where the rung "revert" goes back to. */
  revert_snapshot: SnapshotName.optional(),
  /** Machines that come first: while one of them is not well, this one waits. */
  depends_on: atMost(MachineReference, 16),
  /** Nothing is healed meanwhile. */
  maintenance: atMost(MaintenanceWindow, 16),
};

/** What is told at each event; "" for nobody. */
const hookFields = Object.fromEntries(
  hookEvents.map((event) => [event, z.union([z.literal(''), HookPath]).optional()]),
) as { readonly [E in HookEvent]: z.ZodOptional<z.ZodUnion<[z.ZodLiteral<''>, typeof HookPath]>> };
export const HookPaths = z.strictObject(hookFields);
export type HookPaths = z.infer<typeof HookPaths>;

export const WatchConfig = z.strictObject({
  ...fields,
  enabled: fields.enabled.default(true),
  check_interval_seconds: fields.check_interval_seconds.default(60),
  ssh_failure_threshold: fields.ssh_failure_threshold.default(3),
  health_check_timeout: fields.health_check_timeout.default(30),
  start_allowance_seconds: fields.start_allowance_seconds.default(120),
  recovery_threshold: fields.recovery_threshold.default(1),
  check_tcp: fields.check_tcp.default([]),
  check_http: fields.check_http.default([]),
  check_console: fields.check_console.default([]),
  check_agent: fields.check_agent.default(false),
  services: fields.services.default([]),
  heartbeat_max_age_seconds: fields.heartbeat_max_age_seconds.default(300),
  disk_warning_percent: fields.disk_warning_percent.default(80),
  disk_critical_percent: fields.disk_critical_percent.default(90),
  memory_warning_percent: fields.memory_warning_percent.default(90),
  restart_policy: fields.restart_policy.default('never'),
  dry_run: fields.dry_run.default(false),
  ladder: fields.ladder.default(['restart-unit', 'reboot', 'restart', 'hard-restart']),
  depends_on: fields.depends_on.default([]),
  maintenance: fields.maintenance.default([]),
  hooks: HookPaths.prefault({}),
});
export type WatchConfig = z.infer<typeof WatchConfig>;

/** The engine itself, in the words of older files. */
const DaemonFiles = z.strictObject({
  pid_file: z.string().min(1, 'Give a path.').max(4096, 'A path has at most 4096 characters.').optional(),
  log_file: z.string().min(1, 'Give a path.').max(4096, 'A path has at most 4096 characters.').optional(),
  log_level: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR'], { error: 'DEBUG, INFO, WARNING or ERROR.' }).default('INFO'),
});

export const LifecycleConfig = z.strictObject({
  vms: z.record(z.string().min(1).max(256), WatchConfig).default({}),
  daemon: DaemonFiles.prefault({}),
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
    check_script: fields.check_script.nullable(),
    heartbeat_file: fields.heartbeat_file.nullable(),
    revert_snapshot: fields.revert_snapshot.nullable(),
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
  /** The last result of each check, the one that decides first; empty before the first round. */
  readonly checks: readonly CheckReport[];
  readonly policy: RestartPolicy;
  readonly dryRun: boolean;
  /** What `lifecycle-config.toml` says of it, defaults filled in; null when it says nothing. */
  readonly config: WatchConfig | null;
}
