import { useCallback } from 'react';
import type { AlertCount, AlertMute, Episode } from '../../main/contract/alert.ts';
import type { AlertRule } from '../../main/contract/alert-rule.ts';
import type { AlertText } from '../../main/contract/alert-text.ts';
import type { Channel } from '../../main/contract/channel.ts';
import type { Connection } from '../../main/contract/connection.ts';
import type { Delivery, DeliveryState } from '../../main/contract/delivery.ts';
import { useClient } from './client-context.tsx';
import type { Mirrored } from './mirror.ts';
import { useStore } from './use-engine.ts';
import { type Fresh, useFresh } from './use-fresh.ts';

/** Those that fire, and those that are about to. */
export function useActiveAlerts(): Mirrored<readonly Episode[]> {
  return useStore(useClient().alerts);
}

const ofRules = ['alert-rules.changed'] as const;
const ofAlerts = ['alerts.changed'] as const;
const ofChannels = ['alert-rules.changed', 'deliveries.changed'] as const;
const ofDeliveries = ['deliveries.changed'] as const;

export function useAlertRules(): Fresh<readonly AlertRule[]> {
  return useFresh(readRules, ofRules);
}

/** How often each rule fired in the last 30 days. */
export function useAlertCounts(): Fresh<readonly AlertCount[]> {
  return useFresh(readCounts, ofAlerts);
}

export function useAlertText(): Fresh<AlertText> {
  return useFresh(readText, ofRules);
}

export function useMutes(): Fresh<readonly AlertMute[]> {
  return useFresh(readMutes, ofAlerts);
}

export function useChannels(): Fresh<readonly Channel[]> {
  return useFresh(readChannels, ofChannels);
}

/** Newest first, at most so many. */
export function useDeliveries(limit: number, state?: DeliveryState): Fresh<readonly Delivery[]> {
  return useFresh(
    useCallback(
      (connection: Connection) =>
        connection.call('delivery.list', { limit, ...(state === undefined ? {} : { state }) }),
      [limit, state],
    ),
    ofDeliveries,
  );
}

const readRules = (connection: Connection) => connection.call('alert.rules', {});
const readCounts = (connection: Connection) => connection.call('alert.counts', {});
const readText = (connection: Connection) => connection.call('alert.text', {});
const readMutes = (connection: Connection) => connection.call('alert.mutes', {});
const readChannels = (connection: Connection) => connection.call('channel.list', {});
