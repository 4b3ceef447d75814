import type { SampleValues } from '../../contract/sample.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { AzureAnswer, AzureScope, AzureVm } from './azure.ts';

/** What Azure knows of machines beyond their power state. As everywhere of Azure, faults are answers. */
export interface AzureInsight {
  /**
   * What the platform measured of machines, minute by minute, from `fromMs` of its own clock up to now. One answer for each that was asked
   * for, by its id in lower case; what fails for one costs that one.
   */
  metrics(vms: readonly AzureVm[], fromMs: number, signal: StopSignal): Promise<ReadonlyMap<string, AzureMeasuring>>;
  /** Where the machines of a subscription are reached; those without any address are left out. */
  addresses(scope: AzureScope, signal: StopSignal): Promise<AzureAnswer<readonly AzureAddress[]>>;
  /** What the machines of a subscription cost since the month began, as far as Azure has reckoned. One question a subscription. */
  costs(scope: AzureScope, signal: StopSignal): Promise<AzureAnswer<AzureCosts>>;
  /** What the platform itself says about how a machine is, and what it lately did to it. */
  opinion(vm: AzureVm, sinceMs: number, signal: StopSignal): Promise<AzureAnswer<AzureOpinion>>;
  /**
   * What the log of Azure has of a machine since then (Azure's clock), newest first, at most a few; minutes late. May use what
   * the limiter holds back from routine.
   */
  activities(vm: AzureVm, sinceMs: number, signal: StopSignal): Promise<AzureAnswer<readonly AzureActivity[]>>;
  /** The end of what a machine wrote to its first serial port, at most `mostBytes`. `refused` where it is not kept. */
  bootLog(vm: AzureVm, mostBytes: number, signal: StopSignal): Promise<AzureAnswer<string>>;
  /** What it showed when the platform looked last; made smaller until it has at most `mostBytes`. `refused` where it is not kept. */
  bootScreen(vm: AzureVm, mostBytes: number, signal: StopSignal): Promise<AzureAnswer<AzureScreen>>;
}

export interface AzureScreen {
  /** Base64. */
  readonly png: string;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** When it was taken, wall-clock milliseconds of Azure's clock; null when Azure does not say. */
  readonly at: number | null;
}

export type AzureMeasuring = AzureAnswer<readonly AzureMinute[]>;

/** One minute of a machine that has at least one value. */
export interface AzureMinute {
  /** End of the minute, wall-clock milliseconds of Azure's clock. */
  readonly atMs: number;
  /** How full a disk is, the platform does not see. */
  readonly values: Omit<SampleValues, 'diskPercent'>;
}

export interface AzureAddress {
  /** Of the machine, in lower case. */
  readonly key: string;
  readonly publicAddress: string | null;
  readonly privateAddress: string | null;
}

export interface AzureCosts {
  /** First moment of the month that they are of, wall-clock milliseconds. */
  readonly since: number;
  /** A machine that is left out has no charge that is known. */
  readonly charges: readonly AzureCharge[];
}

export interface AzureCharge {
  /** Of the machine, in lower case. */
  readonly key: string;
  /** Before tax. */
  readonly amount: number;
  /** Three capital letters. */
  readonly currency: string;
}

export interface AzureOpinion {
  /** `unknown` is none: neither well nor down. */
  readonly state: 'available' | 'unavailable' | 'degraded' | 'unknown';
  readonly summary: string;
  /** Who brought it about; null where nobody did, or Azure does not say. */
  readonly broughtAboutBy: 'platform' | 'somebody' | null;
  /** Such as `Planned`, `Unplanned`, `UserInitiated`; null when Azure does not say. */
  readonly reason: string | null;
  /** Wall-clock milliseconds; null when Azure does not say. */
  readonly since: number | null;
  /** What the activity log has of it, newest first, at most a few; empty also where it could not be read. */
  readonly activities: readonly AzureActivity[];
}

export interface AzureActivity {
  readonly at: number;
  /** Such as `Microsoft.Compute/virtualMachines/restart/action`. */
  readonly operation: string;
  readonly status: string;
  /** Who asked for it; null when Azure does not say. */
  readonly caller: string | null;
  /** `Administrative`, `ResourceHealth`, `ServiceHealth`. */
  readonly category: string;
  readonly text: string;
}
