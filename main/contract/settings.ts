import { z } from 'zod';
import { AzureTenant, azureClouds, azureKeeping, azureSignInWays, ResourceGroup, SubscriptionId } from './azure.ts';
import { AzureScheduleLine } from './azure-schedule.ts';

/** `settings.toml`: everything that is neither a machine nor a rule. Missing keys take their defaults. */

const seconds = (low: number, high: number) =>
  z.number({ error: 'A number of seconds.' }).min(low, `At least ${low} s.`).max(high, `At most ${high} s.`);

/** Declared without their defaults, because a change must not carry defaults for what it leaves out. */
const Theme = z.enum(['system', 'light', 'dark'], { error: 'system, light or dark.' });
const OnOff = z.boolean({ error: 'true or false.' });

const wholeNumber = (low: number, high: number, unit = '') =>
  z.int({ error: 'A whole number.' }).min(low, `At least ${low}${unit}.`).max(high, `At most ${high}${unit}.`);

const CollectionInterval = seconds(10, 3600);
const MachineIntervals = z
  .record(z.string().min(1).max(64), CollectionInterval)
  .refine((machines) => Object.keys(machines).length <= 1000, 'At most 1000 machines.');
const Workers = wholeNumber(1, 64);
const ReadingTimeout = seconds(1, 300);
const Days = wholeNumber(1, 3650);
const MetricsSize = wholeNumber(64, 1_048_576, ' MiB');
const StopPatience = seconds(1, 300);
const HookTimeout = seconds(1, 300);
const Overcommit = z.number({ error: 'A number.' }).min(0.1, 'At least 0.1.').max(64, 'At most 64.');
const MemoryReserve = wholeNumber(0, 16_777_216, ' MiB');
const QuietSeconds = seconds(0, 86_400);
const Witnesses = z
  .array(
    z
      .string({ error: 'An address like "192.168.1.5:22".' })
      .regex(/^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]{1,253}):[1-9][0-9]{0,4}$/, 'An address like "192.168.1.5:22".')
      .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'A port is 1 to 65535.'),
  )
  .max(16, 'At most 16.');

const SignInWay = z.enum(['none', ...azureSignInWays], { error: 'none, browser, device-code or cli.' });
const Cloud = z.enum(azureClouds, { error: `One of ${azureClouds.join(', ')}.` });
const Subscriptions = z.array(SubscriptionId).max(100, 'At most 100 subscriptions.');
const ResourceGroups = z.array(ResourceGroup).max(200, 'At most 200 resource groups.');
/** Of an app registration; none when empty. */
const ClientId = z.string().regex(/^(?:|[0-9a-fA-F-]{36})$/, 'The application id of your app registration, a uuid.');
const KeepSignIn = z.enum(azureKeeping, { error: `One of ${azureKeeping.map((word) => `"${word}"`).join(', ')}.` });
const Schedules = z.array(AzureScheduleLine).max(1000, 'At most 1000 schedules.');
const HttpsAddress = z
  .string()
  .max(2048, 'At most 2048 characters.')
  .regex(/^(?:|https:\/\/[^\s]+)$/, 'An address that begins with https://.');

export const Settings = z.strictObject({
  collection: z
    .strictObject({
      /** From one reading of every machine to the next. */
      interval_seconds: CollectionInterval.default(60),
      /** The same for single machines, by name: read more often, or less. */
      machine_interval_seconds: MachineIntervals.default({}),
      /** How many machines are read at a time. */
      max_workers: Workers.default(10),
      /** For one machine. */
      timeout_seconds: ReadingTimeout.default(30),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** How long every single reading is kept. */
      raw_days: Days.default(7),
      /** How long its hours are kept, and how long its days. */
      hourly_days: Days.default(30),
      daily_days: Days.default(90),
    })
    .prefault({}),
  storage: z
    .strictObject({
      /** Larger than that, `metrics.db` gives up its oldest single readings, before their time. */
      metrics_mib: MetricsSize.default(4096),
    })
    .prefault({}),
  recovery: z
    .strictObject({
      /** How long the ACPI rung of a stop waits. */
      stop_seconds: StopPatience.default(30),
    })
    .prefault({}),
  healing: z
    .strictObject({
      /** So long after a person worked on a machine it is not healed. */
      quiet_after_action_seconds: QuietSeconds.default(900),
      /** Others that tell whether this computer's network is well: `host:port`, asked only when something seems wrong. */
      witnesses: Witnesses.default([]),
    })
    .prefault({}),
  hooks: z
    .strictObject({
      /** How long one may run; then it is ended with everything it started. */
      timeout_seconds: HookTimeout.default(60),
    })
    .prefault({}),
  capacity: z
    .strictObject({
      /** CPUs that may be promised per CPU of this computer. */
      cpu_overcommit: Overcommit.default(4),
      /** Memory kept for this computer itself. */
      reserve_memory_mib: MemoryReserve.default(1024),
    })
    .prefault({}),
  azure: z
    .strictObject({
      /** How Vigil signs in; `none`: nothing of Azure is wanted. */
      sign_in: SignInWay.default('none'),
      cloud: Cloud.default('public'),
      /** A tenant by its id or domain, or `organizations` for that of the account. */
      tenant: AzureTenant.default('organizations'),
      /** Of an app registration of one's own; the Azure CLI needs none. */
      client_id: ClientId.default(''),
      /** Whose machines belong to the fleet, by id; every subscription of the account when empty. */
      subscriptions: Subscriptions.default([]),
      /** Only machines of these resource groups; of all when empty. */
      resource_groups: ResourceGroups.default([]),
      /** When machines are started and deallocated by themselves: `web-1: start 08:00, stop 19:00, mon-fri, Europe/Berlin`. */
      schedules: Schedules.default([]),
      /** A machine whose CPU stayed under so many percent for so many days is called idle; nothing is done to it. 0: never. */
      idle_cpu_percent: z.number({ error: 'A number.' }).min(0, 'At least 0 %.').max(50, 'At most 50 %.').default(5),
      idle_days: z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(30, 'At most 30.').default(7),
      /** From one look at the power states to the next. */
      refresh_seconds: seconds(30, 3600).default(60),
      /** Where the sign-in outlasts Vigil. Readable on the disk it is only by these words. */
      keep_sign_in: KeepSignIn.default('vault'),
      /** For the cloud `custom`: its addresses, and the file of the certificates that speak for it. */
      resource_manager_url: HttpsAddress.default(''),
      sign_in_url: HttpsAddress.default(''),
      /** What its tokens are issued for, where that is another address than that of its resource manager. */
      audience: HttpsAddress.default(''),
      ca_file: z.string().max(4096, 'At most 4096 characters.').default(''),
    })
    .prefault({}),
  desktop: z
    .strictObject({
      theme: Theme.default('system'),
      /** Whether ends that nobody asked for are shown as native notifications. */
      notifications: OnOff.default(true),
      /** Start the app, hidden, when this person logs in. */
      start_at_login: OnOff.default(false),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof Settings>;

/** A change of one or more settings; what is left out stays as it is. */
export const SettingsPatch = z.strictObject({
  azure: z
    .strictObject({
      sign_in: SignInWay.optional(),
      cloud: Cloud.optional(),
      tenant: AzureTenant.optional(),
      subscriptions: Subscriptions.optional(),
      resource_groups: ResourceGroups.optional(),
      schedules: Schedules.optional(),
      client_id: ClientId.optional(),
      keep_sign_in: KeepSignIn.optional(),
    })
    .optional(),
  capacity: z
    .strictObject({ cpu_overcommit: Overcommit.optional(), reserve_memory_mib: MemoryReserve.optional() })
    .optional(),
  collection: z
    .strictObject({
      interval_seconds: CollectionInterval.optional(),
      /** All of them: those that are left out have no interval of their own any more. */
      machine_interval_seconds: MachineIntervals.optional(),
      max_workers: Workers.optional(),
      timeout_seconds: ReadingTimeout.optional(),
    })
    .optional(),
  desktop: z
    .strictObject({ theme: Theme.optional(), notifications: OnOff.optional(), start_at_login: OnOff.optional() })
    .optional(),
  healing: z
    .strictObject({ quiet_after_action_seconds: QuietSeconds.optional(), witnesses: Witnesses.optional() })
    .optional(),
  hooks: z.strictObject({ timeout_seconds: HookTimeout.optional() }).optional(),
  recovery: z.strictObject({ stop_seconds: StopPatience.optional() }).optional(),
  retention: z
    .strictObject({ raw_days: Days.optional(), hourly_days: Days.optional(), daily_days: Days.optional() })
    .optional(),
  storage: z.strictObject({ metrics_mib: MetricsSize.optional() }).optional(),
});
export type SettingsPatch = z.infer<typeof SettingsPatch>;
