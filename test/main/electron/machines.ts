import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';

/** A stopped, healthy machine, with whatever is said otherwise. */
export function machine(name: string, changes: Partial<Machine> = {}): Machine {
  return {
    id: `id-of-${name}`,
    name,
    provider: 'qemu',
    state: 'stopped',
    wanted: 'stopped',
    health: {
      status: 'not-applicable',
      reason: null,
      since: null,
      sshReachable: null,
      sshFailures: 0,
      lastCheck: null,
      method: null,
    },
    address: null,
    region: null,
    size: null,
    cpus: 1,
    memoryMib: 64,
    diskMib: 16,
    tags: [],
    group: null,
    protected: false,
    forwards: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    notice: null,
    capabilities: ['start', 'delete', 'console'],
    operation: null,
    ...changes,
  };
}

export function runningMachine(name: string, changes: Partial<Machine> = {}): Machine {
  return machine(name, {
    state: 'running',
    wanted: 'running',
    startedAt: '2026-01-01T00:00:00.000Z',
    capabilities: ['stop', 'restart', 'delete', 'console'],
    ...changes,
  });
}

export function operationOn(name: string, changes: Partial<Operation> = {}): Operation {
  return {
    id: `operation-on-${name}`,
    machine: name,
    machineId: `id-of-${name}`,
    kind: 'stop',
    state: 'running',
    progress: null,
    step: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: null,
    cancellable: true,
    ...changes,
  };
}
