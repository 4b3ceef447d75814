import type { ComputeManagementClient } from '@azure/arm-compute';
import type { MonitorClient } from '@azure/arm-monitor';
import type { MicrosoftResourceHealth } from '@azure/arm-resourcehealth';
import type { SubscriptionClient } from '@azure/arm-resources-subscriptions';
import type { TokenCredential } from '@azure/core-auth';
import type { MetricsClient } from '@azure/monitor-query-metrics';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { type ArmAnswer, type ArmCall, armPolicy } from './arm-policy.ts';
import type { Cloud } from './clouds.ts';
import type { Limiter } from './limiter.ts';
import type { Trust } from './trust.ts';

export interface ArmClients {
  compute(call: ArmTarget): Promise<ComputeManagementClient>;
  subscriptions(call: Omit<ArmTarget, 'subscription' | 'region'>): Promise<SubscriptionClient>;
  monitor(call: ArmTarget): Promise<MonitorClient>;
  /** The host that answers for the metrics of many machines of a region at once. */
  metrics(call: ArmTarget): Promise<MetricsClient>;
  health(call: ArmTarget): Promise<MicrosoftResourceHealth>;
}

/** What a client is for. A client serves one call, so that what is seen on the wire belongs to that call. */
export interface ArmTarget {
  readonly tenant: string;
  readonly subscription: string;
  readonly region: string;
  readonly urgent: boolean;
  readonly signal: StopSignal;
  leaving?(): void;
  seen?(answer: ArmAnswer): void;
}

export interface ArmClientsPorts {
  readonly clock: Clock;
  readonly limiter: Limiter;
  cloud(): Cloud;
  /** Origin of the host that has the metrics of a region. */
  metricsHost(region: string): string;
  /** Null for the certificates of the system. */
  trusted(): Promise<Trust | null>;
  credential(tenant: string): TokenCredential;
  clockSeen(aheadMs: number): void;
}

const patienceMs = 20_000;

/** The libraries are loaded with the first call: whoever has no machine in Azure never pays for them. */
export function createArmClients(ports: ArmClientsPorts): ArmClients {
  const options = async (call: Omit<ArmCall, 'origin' | 'patienceMs'>, origin = ports.cloud().resourceManager) => {
    const cloud = ports.cloud();
    const trust = await ports.trusted();
    return {
      endpoint: origin,
      credentials: { scopes: [cloud.scope] },
      credentialScopes: [cloud.scope],
      // Trying again is decided above, where it is known what has been sent.
      retryOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: 'Vigil' },
      additionalPolicies: [
        {
          policy: armPolicy(ports, { ...call, origin, patienceMs }),
          position: 'perRetry' as const,
        },
      ],
      ...(trust === null ? {} : { tlsOptions: trust }),
    };
  };
  return {
    compute: async ({ tenant, ...call }) => {
      const { ComputeManagementClient } = await import('@azure/arm-compute');
      return new ComputeManagementClient(ports.credential(tenant), call.subscription, await options(call));
    },
    subscriptions: async ({ tenant, ...call }) => {
      const { SubscriptionClient } = await import('@azure/arm-resources-subscriptions');
      const made = await options({ ...call, subscription: '-', region: '-' });
      return new SubscriptionClient(ports.credential(tenant), made);
    },
    monitor: async ({ tenant, ...call }) => {
      const { MonitorClient } = await import('@azure/arm-monitor');
      return new MonitorClient(ports.credential(tenant), call.subscription, await options(call));
    },
    metrics: async ({ tenant, ...call }) => {
      const { MetricsClient } = await import('@azure/monitor-query-metrics');
      const host = ports.metricsHost(call.region);
      return new MetricsClient(host, ports.credential(tenant), await options(call, host));
    },
    health: async ({ tenant, ...call }) => {
      const { MicrosoftResourceHealth } = await import('@azure/arm-resourcehealth');
      return new MicrosoftResourceHealth(ports.credential(tenant), call.subscription, await options(call));
    },
  };
}
