/** What one call costs, by kind. */
export type Cost = 'other' | 'vm-list' | 'vm-read' | 'vm-update' | 'vm-delete' | 'operation' | 'none';

export interface Limit {
  /** Tells buckets apart in the headers and in what tests ask for. */
  readonly name: string;
  readonly capacity: number;
  readonly perSecond: number;
  /** One bucket per what; `principal` means subscription and principal. */
  readonly per: 'subscription' | 'principal' | 'resource';
}

const perMinute = (count: number): number => count / 60;

/** Of the resource manager in front of everything: published figures, one front-end region. */
export const armLimits = {
  reads: { name: 'reads', capacity: 250, perSecond: 25, per: 'principal' },
  writes: { name: 'writes', capacity: 200, perSecond: 10, per: 'principal' },
  deletes: { name: 'deletes', capacity: 200, perSecond: 10, per: 'principal' },
  globalReads: { name: 'global-reads', capacity: 3750, perSecond: 375, per: 'subscription' },
  globalWrites: { name: 'global-writes', capacity: 3000, perSecond: 150, per: 'subscription' },
  globalDeletes: { name: 'global-deletes', capacity: 3000, perSecond: 150, per: 'subscription' },
} as const satisfies Record<string, Limit>;

/** Of Compute behind it: published figures. */
export const computeLimits: Readonly<Record<Cost, readonly Limit[]>> = {
  none: [],
  other: [],
  'vm-list': [
    { name: 'HighCostGetSubscriptionMaximum', capacity: 900, perSecond: perMinute(300), per: 'subscription' },
  ],
  'vm-read': [
    { name: 'LowCostGetSubscriptionMaximum', capacity: 24_000, perSecond: perMinute(8000), per: 'subscription' },
    { name: 'LowCostGetResource', capacity: 36, perSecond: perMinute(12), per: 'resource' },
  ],
  'vm-update': [
    { name: 'UpdateVMSubscriptionMaximum', capacity: 1500, perSecond: perMinute(500), per: 'subscription' },
    { name: 'UpdateVMResource', capacity: 12, perSecond: perMinute(4), per: 'resource' },
  ],
  'vm-delete': [
    { name: 'DeleteVMSubscriptionMaximum', capacity: 1500, perSecond: perMinute(500), per: 'subscription' },
    { name: 'DeleteVMResource', capacity: 12, perSecond: perMinute(4), per: 'resource' },
  ],
  operation: [
    { name: 'GetOperationSubscriptionMaximum', capacity: 15_000, perSecond: perMinute(5000), per: 'subscription' },
    { name: 'GetOperationResource', capacity: 45, perSecond: perMinute(15), per: 'resource' },
  ],
};

/** The pair that a method draws from: its principal's own, and the one that all principals share. */
export function armLimitsOf(method: string): readonly [own: Limit, shared: Limit] {
  if (method === 'GET' || method === 'HEAD') return [armLimits.reads, armLimits.globalReads];
  if (method === 'DELETE') return [armLimits.deletes, armLimits.globalDeletes];
  return [armLimits.writes, armLimits.globalWrites];
}
