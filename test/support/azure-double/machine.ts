import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../main/engine/ports/clock.ts';
import { blankScreen } from './blank-screen.ts';
import type { Operation } from './operation.ts';

/** Any code may come, also ones that do not exist yet. */
export type PowerState =
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'deallocating'
  | 'deallocated'
  | 'creating'
  | 'unknown'
  | (string & Record<never, never>);

export interface MachineOptions {
  readonly name?: string;
  /** Resource group; made when it is new. */
  readonly group?: string;
  readonly region?: string;
  readonly size?: string;
  readonly powerState?: PowerState;
  readonly tags?: Readonly<Record<string, string>>;
  readonly os?: 'Linux' | 'Windows';
  readonly agent?: 'ready' | 'not-ready' | 'none';
  readonly hasBootDiagnostics?: boolean;
  /** Address that the network interface has in public; null: none. */
  readonly publicAddress?: string | null;
}

/** What the next action on a machine comes to; left out: it succeeds in the usual time. */
export interface Fate {
  readonly status?: 'Succeeded' | 'Failed' | 'Canceled';
  readonly code?: string;
  readonly message?: string;
  readonly durationMs?: number;
  /** Sent as Retry-After with the 202. */
  readonly retryAfterSeconds?: number;
  /** What a Run Command prints. */
  readonly output?: { readonly stdout: string; readonly stderr: string };
}

export interface ActionReceived {
  readonly action: string;
  readonly at: number;
  /** The operation it began; null: it was refused. */
  readonly operationId: string | null;
}

/**
 * One virtual machine as the service knows it. Everything a test may write is a property or a verb; what the service does
 * by itself comes from operations.
 */
export class AzureMachine {
  readonly subscriptionId: string;
  readonly group: string;
  readonly name: string;
  readonly region: string;
  readonly os: 'Linux' | 'Windows';
  readonly createdAt: number;
  /** A machine that is made again under its old name has another one. */
  vmId: string = randomUUID();
  size: string;
  tags: Record<string, string>;
  agent: 'ready' | 'not-ready' | 'none';
  hasBootDiagnostics: boolean;
  publicAddress: string | null;
  provisioning: { state: string; code: string | null; at: number };
  isHibernated = false;
  /** A list with statusOnly may leave the power state out. */
  isPowerInStatusList = true;
  /** Rights that the signed-in person lacks on this machine, such as `restart/action`. */
  readonly forbidden = new Set<string>();
  /** Every action that reached the service, also refused ones. */
  readonly actions: ActionReceived[] = [];
  /** Lower-case names of metrics that this machine does not have. */
  readonly missingMetrics = new Set<string>();
  /** Fixed values or functions of the minute by lower-case name of the metric; null: no value. */
  readonly metrics = new Map<string, number | null | ((minute: number) => number | null)>();
  /** Trouble with one metric by its lower-case name; the answer as a whole stays good. */
  readonly metricErrors = new Map<string, { readonly code: string; readonly message: string }>();
  /** Oldest first; for what metrics say about the past. */
  readonly powerHistory: { readonly at: number; readonly power: PowerState }[] = [];
  /** The change that is under way. */
  operation: Operation | null = null;
  /** Second opinion; null: made from the power state. */
  health: { state: string; reasonType: string; summary: string; isByUser: boolean } | null = null;
  /** Since when; null: since the last change. */
  healthSince: number | null = null;
  /** What its console wrote and shows. */
  serialLog = 'Booting\r\n';
  screenshot: Buffer = blankScreen();
  privateAddress = '10.0.0.4';
  etag = 1;

  readonly #clock: Clock;
  readonly #fates: Fate[] = [];
  readonly #guestListeners = new Set<(isUp: boolean) => void>();
  #power: PowerState;
  #isSshBroken = false;
  #wasUp: boolean;

  constructor(clock: Clock, subscriptionId: string, name: string, options: MachineOptions) {
    this.#clock = clock;
    this.subscriptionId = subscriptionId;
    this.name = name;
    this.group = options.group ?? 'vigil-rg';
    this.region = options.region ?? 'eastus';
    this.size = options.size ?? 'Standard_B2s';
    this.tags = { ...options.tags };
    this.os = options.os ?? 'Linux';
    this.agent = options.agent ?? 'ready';
    this.hasBootDiagnostics = options.hasBootDiagnostics ?? true;
    this.publicAddress = options.publicAddress ?? null;
    this.createdAt = clock.wallNow();
    this.provisioning = { state: 'Succeeded', code: null, at: this.createdAt };
    this.#power = options.powerState ?? 'running';
    this.powerHistory.push({ at: 0, power: this.#power });
    this.#wasUp = this.isGuestUp;
  }

  /** With the group as it was written when the machine was made. */
  get id(): string {
    return `/subscriptions/${this.subscriptionId}/resourceGroups/${this.group}/providers/Microsoft.Compute/virtualMachines/${this.name}`;
  }

  get power(): PowerState {
    return this.#power;
  }

  /** From outside: somebody in the portal, a shutdown inside the guest, an eviction. */
  setPower(power: PowerState): void {
    if (power === this.#power) return;
    this.#power = power;
    this.powerHistory.push({ at: this.#clock.wallNow(), power });
    if (power !== 'deallocated') this.isHibernated = false;
    this.#tellGuest();
  }

  /** The guest hangs: the service goes on saying that the machine runs. A restart, redeploy or start mends it. */
  breakSsh(): void {
    this.#isSshBroken = true;
    this.#tellGuest();
  }

  mendSsh(): void {
    this.#isSshBroken = false;
    this.#tellGuest();
  }

  /** Whether something inside would answer a connection. */
  get isGuestUp(): boolean {
    return this.#power === 'running' && !this.#isSshBroken;
  }

  /** Tells whenever the guest comes up or goes away, at once for the first time: a test opens and closes a real server then. */
  onGuest(listener: (isUp: boolean) => void): () => void {
    this.#guestListeners.add(listener);
    listener(this.isGuestUp);
    return () => {
      this.#guestListeners.delete(listener);
    };
  }

  /** What becomes of the next action; several are used up in order. */
  foretell(...fates: readonly Fate[]): void {
    this.#fates.push(...fates);
  }

  takeFate(): Fate {
    return this.#fates.shift() ?? {};
  }

  failProvisioning(code: string): void {
    this.provisioning = { state: 'Failed', code, at: this.#clock.wallNow() };
  }

  actionCount(action: string): number {
    return this.actions.filter((one) => one.action === action && one.operationId !== null).length;
  }

  #tellGuest(): void {
    if (this.isGuestUp === this.#wasUp) return;
    this.#wasUp = this.isGuestUp;
    for (const listener of this.#guestListeners) listener(this.#wasUp);
  }
}
