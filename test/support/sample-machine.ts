import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';

export function sampleMachine(changes: Partial<Machine> = {}): Machine {
  return {
    id: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
    name: 'demo',
    provider: 'qemu',
    state: 'running',
    wanted: 'running',
    health: {
      status: 'not-applicable',
      reason: null,
      since: null,
      sshReachable: null,
      sshFailures: 0,
      lastCheck: null,
      method: null,
    },
    address: '127.0.0.1',
    region: null,
    size: null,
    cpus: 1,
    memoryMib: 64,
    diskMib: 16,
    tags: [],
    group: null,
    protected: false,
    forwards: [{ host: 2222, guest: 22 }],
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:00.000Z',
    pid: 42,
    uptimeSeconds: 3_700,
    accelerator: 'tcg',
    notice: null,
    capabilities: ['stop', 'restart'],
    operation: null,
    ...changes,
  };
}

export function sampleOperation(changes: Partial<Operation> = {}): Operation {
  return {
    id: '0c7f2f6e-54a5-4d8f-8f5e-2b8d5d1c9a11',
    machine: 'demo',
    machineId: '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d',
    kind: 'start',
    state: 'done',
    progress: 1,
    step: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:01.000Z',
    cancellable: true,
    ...changes,
  };
}
