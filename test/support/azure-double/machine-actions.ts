import { recordActivity } from './activity.ts';
import { type Answer, Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { AzureMachine, Fate, PowerState } from './machine.ts';
import type { Operation } from './operation.ts';
import { machineOf, subscriptionOf } from './resource-lookup.ts';
import type { Found, Route } from './route.ts';
import { runCommandPlan } from './run-command.ts';
import type { Service } from './service.ts';
import type { Durations } from './world.ts';

/** What one verb does to a machine. */
interface Verb {
  readonly name: string;
  readonly duration: keyof Durations;
  readonly cost: 'vm-update' | 'vm-delete';
  /** Shown meanwhile; null: the power state stays. */
  readonly meanwhile: PowerState | null;
  /** Afterwards; null: as before. */
  readonly finally: PowerState | null;
  /** Refused in these power states. */
  readonly refusedIn: readonly PowerState[];
  readonly mendsGuest: boolean;
}

const verbs: readonly Verb[] = [
  verb('start', { meanwhile: 'starting', finally: 'running', mendsGuest: true }),
  verb('powerOff', { meanwhile: 'stopping', finally: 'stopped', refusedIn: ['deallocated'] }),
  verb('deallocate', { cost: 'vm-delete', meanwhile: 'deallocating', finally: 'deallocated' }),
  verb('restart', { refusedIn: ['deallocated', 'stopped'], mendsGuest: true }),
  verb('redeploy', { meanwhile: 'starting', finally: 'running', mendsGuest: true }),
  verb('reapply', {}),
  verb('runCommand', { refusedIn: ['deallocated', 'stopped', 'starting', 'stopping', 'deallocating'] }),
];

function verb(name: keyof Durations, rest: Partial<Verb>): Verb {
  const common = { cost: 'vm-update', meanwhile: null, finally: null, refusedIn: [], mendsGuest: false } as const;
  return { name, duration: name, ...common, ...rest };
}

/** POST of every verb: 202 at once, the change later. */
export function machineActions(service: Service): readonly Route[] {
  return verbs.map((one) => ({
    method: 'POST',
    path: `/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/${one.name}`,
    cost: one.cost,
    right: `Microsoft.Compute/virtualMachines/${one.name}/action`,
    handle: (call, found) => act(service, one, call, found),
  }));
}

function act(service: Service, one: Verb, call: Call, found: Found): Answer {
  const subscription = subscriptionOf(service.world, found);
  const machine = machineOf(subscription, found);
  const { world, clock, operations } = service;
  const received = (operationId: string | null): void => {
    machine.actions.push({ action: one.name, at: clock.wallNow(), operationId });
    const status = operationId === null ? 'Failed' : 'Started';
    const operation = `Microsoft.Compute/virtualMachines/${one.name}/action`;
    recordActivity(subscription, {
      at: clock.wallNow(),
      resourceId: machine.id,
      group: machine.group,
      operation,
      status,
    });
  };
  try {
    makeWay(machine, one.name);
    refuseUnfit(machine, one);
  } catch (error) {
    received(null);
    throw error;
  }
  const fate = machine.takeFate();
  const isDone = one.finally !== null && machine.power === one.finally && one.name !== 'redeploy';
  const before = machine.power;
  const wantsHibernation = call.query.get('hibernate')?.toLowerCase() === 'true';
  const plan = one.name === 'runCommand' ? runCommandPlan(world, machine, call, fate) : fate;
  const operation = operations.begin({
    action: one.name,
    subscriptionId: machine.subscriptionId,
    region: machine.region,
    durationMs: isDone ? 0 : (plan.durationMs ?? world.durations[one.duration]),
    status: plan.status ?? 'Succeeded',
    error: errorOf(plan),
    output: 'output' in plan ? plan.output : null,
    whenOver: (over) => {
      if (machine.operation === over) machine.operation = null;
      finish(machine, one, before, over, clock.wallNow());
      if (over.status === 'Succeeded' && wantsHibernation) machine.isHibernated = true;
      const status = over.status === 'Succeeded' ? 'Succeeded' : 'Failed';
      const name = `Microsoft.Compute/virtualMachines/${one.name}/action`;
      recordActivity(subscription, {
        at: clock.wallNow(),
        resourceId: machine.id,
        group: machine.group,
        operation: name,
        status,
        correlationId: over.id,
      });
    },
  });
  received(operation.id);
  if (operation.status === 'InProgress') {
    machine.operation = operation;
    if (one.meanwhile !== null) machine.setPower(one.meanwhile);
    // Nobody is in while the machine comes up again.
    if (one.mendsGuest) machine.breakSsh();
  }
  const wait = fate.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fate.retryAfterSeconds) };
  return { status: 202, headers: { ...operations.headersOf(operation), ...wait } };
}

/** One change at a time; only giving the machine back goes before bringing it up. */
function makeWay(machine: AzureMachine, action: string): void {
  const { operation } = machine;
  if (operation === null) return;
  if (action === 'deallocate' && operation.action === 'start') {
    operation.end('Canceled', {
      code: 'OperationPreempted',
      message: 'Operation execution has been preempted by a more recent operation.',
    });
    return;
  }
  const message =
    action === 'runCommand' && operation.action === 'runCommand'
      ? 'Run command extension execution is in progress. Please wait for completion before invoking a run command.'
      : 'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.';
  throw new Refusal(409, 'Conflict', message);
}

function refuseUnfit(machine: AzureMachine, { name, refusedIn }: Verb): void {
  if (!refusedIn.includes(machine.power)) return;
  throw new Refusal(
    409,
    'OperationNotAllowed',
    name === 'runCommand'
      ? 'The operation requires the VM to be running (or set to run).'
      : `Operation '${name}' is not allowed on VM '${machine.name}' since the VM is ${machine.power}.`,
  );
}

function errorOf({ status, code, message }: Omit<Fate, 'output'>): { code: string; message: string } | null {
  if (status === undefined || status === 'Succeeded') return null;
  const isCapacity = code === undefined || code === 'AllocationFailed';
  const usual = isCapacity
    ? 'Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance'
    : 'The operation did not succeed.';
  return {
    code: code ?? (status === 'Canceled' ? 'OperationPreempted' : 'AllocationFailed'),
    message: message ?? usual,
  };
}

function finish(machine: AzureMachine, one: Verb, before: PowerState, over: Operation, at: number): void {
  machine.etag += 1;
  if (over.status === 'Succeeded') {
    machine.provisioning = { state: 'Succeeded', code: null, at };
    if (one.mendsGuest) machine.mendSsh();
    if (one.finally !== null) machine.setPower(one.finally);
    return;
  }
  if (over.status === 'Failed' && one.name !== 'runCommand')
    machine.failProvisioning(over.error?.code ?? 'InternalError');
  if (one.meanwhile !== null) machine.setPower(before);
}
