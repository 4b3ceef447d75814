import { checkAccess } from './access.ts';
import { accountRoutes } from './account-routes.ts';
import { activityLog } from './activity-log.ts';
import { type Answer, Refusal } from './answer.ts';
import { BootDiagnostics } from './boot-diagnostics.ts';
import type { Call } from './call.ts';
import { costRoutes } from './cost-routes.ts';
import { machineActions } from './machine-actions.ts';
import { machineChanges } from './machine-changes.ts';
import { machineReads } from './machine-reads.ts';
import { isBatch, metricBatch } from './metric-batch.ts';
import { metricRoutes } from './metric-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { operationReads } from './operation-reads.ts';
import type { RequestRecord } from './request-record.ts';
import { resourceHealth } from './resource-health.ts';
import { type Found, matchRoute, type Route } from './route.ts';
import type { Service } from './service.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import type { Draw } from './throttle.ts';
import type { Principal } from './tokens.ts';

const parts: readonly ((service: Service) => readonly Route[])[] = [
  accountRoutes,
  machineReads,
  machineActions,
  machineChanges,
  operationReads,
  snapshotRoutes,
  metricRoutes,
  metricBatch,
  resourceHealth,
  activityLog,
  networkRoutes,
  costRoutes,
];

const noOne: Principal = {
  tenantId: '',
  objectId: '',
  audience: '',
  issuedAt: 0,
  expiresAt: 0,
  hasClaims: false,
};

/** The resource manager and the batch host: who are you, how often do you ask, may you, and only then what you want. */
export class Management {
  readonly #service: Service;
  readonly #routes: readonly Route[];
  readonly #boot: BootDiagnostics;

  constructor(service: Service) {
    this.#service = service;
    this.#boot = new BootDiagnostics(service);
    this.#routes = [...this.#boot.routes, ...parts.flatMap((part) => part(service))];
  }

  /** Throws a Refusal for whatever the service refuses. */
  answer(call: Call, record: RequestRecord): Answer {
    const blob = this.#boot.blob(call);
    if (blob !== null) return blob;
    const { tokens, world, throttle } = this.#service;
    const principal = tokens.check(call, world.homeTenant);
    if (!call.query.has('api-version'))
      throw new Refusal(
        400,
        'MissingApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    const matched = matchRoute(this.#routes, call);
    if (matched === null)
      throw new Refusal(
        404,
        'InvalidResourceType',
        `The resource type could not be found for '${call.method}' of this path.`,
      );
    const { route, found } = matched;
    const draw = this.#draw(call, route, found, principal);
    record.isTooEarly = throttle.isWaitDue(draw);
    const toll = found.sub === undefined || isBatch(call.segments) ? { headers: {}, left: {} } : throttle.pass(draw);
    record.left = toll.left;
    checkAccess(world, principal, route.right, found, call.target);
    const answer = route.handle(call, found, principal);
    return { ...answer, headers: { ...toll.headers, ...answer.headers } };
  }

  /** The buckets of a call whose caller may be nobody: for what scripts tell it. */
  drawOf(call: Call): Draw {
    const matched = matchRoute(this.#routes, call);
    if (matched === null)
      return { method: call.method, cost: 'other', subscriptionId: '', principal: '', resource: '' };
    let principal = noOne;
    try {
      principal = this.#service.tokens.check(call, this.#service.world.homeTenant);
    } catch {
      // A script may answer anybody.
    }
    return this.#draw(call, matched.route, matched.found, principal);
  }

  #draw(call: Call, { cost }: Route, found: Found, principal: Principal): Draw {
    return {
      method: call.method,
      cost,
      subscriptionId: found.sub ?? '',
      principal: principal.objectId,
      resource: found.operation ?? `${found.rg ?? ''}/${found.vm ?? ''}`,
    };
  }
}
