import type { CrashRecord } from '../../../main/contract/crash-record.ts';
import type { Daemon, EngineNotice, HostDescription } from '../../../main/contract/engine-status.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import type { Machine, MachineVerb } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';

/** One moment, told the same everywhere: Tue 17 Mar 2026, 20:30:15 UTC. `build-vm` needs a person. */
export const storyNow = Date.parse('2026-03-17T20:30:15Z');

export function storyId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function before(minutes: number): string {
  return new Date(storyNow - minutes * 60_000).toISOString();
}

const idle: readonly MachineVerb[] = ['start', 'delete', 'console'];
const up: readonly MachineVerb[] = ['stop', 'restart', 'delete', 'console'];

/** A stopped local machine, changed as the test needs it. */
export function machineOf(number: number, name: string, change: Partial<Machine> = {}): Machine {
  return {
    id: storyId(number),
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
    cpus: 2,
    memoryMib: 2048,
    diskMib: 20_480,
    tags: [],
    group: null,
    protected: false,
    forwards: [],
    createdAt: before(60 * 24 * 40),
    startedAt: null,
    notice: null,
    capabilities: idle,
    operation: null,
    ...change,
  };
}

export function runningMachine(number: number, name: string, minutes: number, change: Partial<Machine> = {}): Machine {
  return machineOf(number, name, {
    state: 'running',
    wanted: 'running',
    startedAt: before(minutes),
    uptimeSeconds: minutes * 60,
    pid: 4000 + number,
    accelerator: 'kvm',
    address: (change.forwards ?? []).length > 0 ? '127.0.0.1' : null,
    capabilities: up,
    ...change,
  });
}

const broken = {
  status: 'unhealthy',
  sshReachable: null,
  sshFailures: 0,
  lastCheck: null,
  method: 'process',
} as const;

const killed = "'build-vm' ended by itself: killed by signal 9, the computer was out of memory.";
const panicked = "The guest of 'kernel-lab' panicked. It is held as it was.";

export const storyMachines: readonly Machine[] = [
  machineOf(1, 'build-vm', {
    state: 'failed',
    wanted: 'running',
    cpus: 4,
    memoryMib: 4096,
    diskMib: 61_440,
    tags: ['ci', 'c++'],
    forwards: [{ host: 2222, guest: 22 }],
    health: { ...broken, reason: killed, since: before(4) },
    notice: { kind: 'ended', severity: 'critical', text: killed, since: before(4) },
  }),
  runningMachine(2, 'kernel-lab', 95, {
    state: 'failed',
    tags: ['dev'],
    health: { ...broken, reason: panicked, since: before(31) },
    notice: { kind: 'held', severity: 'critical', text: panicked, since: before(31) },
  }),
  runningMachine(3, 'edge-gw-02', 60 * 26, {
    state: 'unknown',
    tags: ['edge'],
    forwards: [{ host: 2204, guest: 22 }],
    capabilities: ['console'],
    health: {
      ...broken,
      status: 'unknown',
      reason: 'Its process answers with another identity.',
      since: before(18),
    },
    notice: {
      kind: 'unidentified',
      severity: 'warning',
      text: 'Its process answers with another identity. It is left alone until it ends.',
      since: before(18),
    },
  }),
  runningMachine(4, 'api-stage', 60 * 76, {
    cpus: 8,
    memoryMib: 8192,
    tags: ['stage', 'api'],
    forwards: [
      { host: 2205, guest: 22 },
      { host: 8080, guest: 80 },
    ],
    notice: {
      kind: 'definition',
      severity: 'warning',
      text: "machines/api-stage.yaml, line 7: 'memroy' is not a key; did you mean 'memory'? The last good version stays in force.",
      since: before(12),
    },
  }),
  runningMachine(5, 'ci-runner-3', 60 * 5, {
    tags: ['ci'],
    state: 'stopping',
    capabilities: ['stop', 'console'],
    operation: storyId(901),
  }),
  machineOf(6, 'dev-fedora', { state: 'creating', capabilities: [], operation: storyId(902), diskMib: 40_960 }),
  runningMachine(7, 'gitea', 60 * 24 * 23, {
    tags: ['infra'],
    forwards: [{ host: 3000, guest: 3000 }],
    memoryMib: 1024,
  }),
  runningMachine(8, 'k3s-a', 60 * 24 * 6 + 300, { tags: ['k8s'], cpus: 4, memoryMib: 4096, accelerator: 'tcg' }),
  runningMachine(9, 'web-prod-1', 60 * 24 * 2, { tags: ['prod', 'web'], forwards: [{ host: 8443, guest: 443 }] }),
  runningMachine(10, 'lab-pi', 47, { tags: ['edge'], cpus: 1, memoryMib: 512, diskMib: 8192 }),
  machineOf(11, 'mail-test', { tags: ['dev'] }),
  machineOf(12, 'ml-train', { tags: ['gpu'], cpus: 16, memoryMib: 32_768, diskMib: 512_000 }),
  runningMachine(13, 'win-sign', 60 * 3, { state: 'paused', tags: ['release'], diskMib: 81_920 }),
  machineOf(14, 'db-replica', { tags: ['stage', 'db'], forwards: [{ host: 5432, guest: 5432 }] }),
];

export const storyOperations: readonly Operation[] = [
  {
    id: storyId(901),
    machine: 'ci-runner-3',
    machineId: storyId(5),
    kind: 'stop',
    state: 'running',
    progress: null,
    step: 'ACPI, 30 s',
    startedAt: new Date(storyNow - 12_000).toISOString(),
    endedAt: null,
    cancellable: true,
  },
  {
    id: storyId(902),
    machine: 'dev-fedora',
    machineId: storyId(6),
    kind: 'create',
    state: 'running',
    progress: 0.62,
    step: 'making the disk',
    startedAt: new Date(storyNow - 9000).toISOString(),
    endedAt: null,
    cancellable: true,
  },
];

function entry(id: number, minutes: number, rest: Omit<JournalEntry, 'id' | 'at' | 'details'> & Partial<JournalEntry>) {
  return { id, at: before(minutes), details: {}, ...rest } satisfies JournalEntry;
}

const build = { machineId: storyId(1), machine: 'build-vm' } as const;

/** Newest first. */
export const storyJournal: readonly JournalEntry[] = [
  entry(41, 0.2, {
    machineId: storyId(5),
    machine: 'ci-runner-3',
    actor: 'user',
    action: 'operation.cancelled',
    summary: "The start of 'ci-runner-3' was given up.",
  }),
  entry(40, 4, {
    ...build,
    actor: 'engine',
    action: 'machine.ended',
    summary: killed,
    details: { end: 'killed', unexpected: true },
    cause: 38,
  }),
  entry(39, 31, {
    machineId: storyId(2),
    machine: 'kernel-lab',
    actor: 'engine',
    action: 'machine.panicked',
    summary: panicked,
  }),
  entry(38, 90, { ...build, actor: 'user', action: 'machine.started', summary: "'build-vm' was started.", cause: 36 }),
  entry(37, 90.2, {
    ...build,
    actor: 'engine',
    action: 'accelerator.fallback',
    summary: '/dev/kvm opened but did not run a guest within 2 s; QEMU emulates instead (TCG).',
    cause: 36,
  }),
  entry(36, 91, {
    ...build,
    actor: 'user',
    action: 'machine.stopped',
    summary: "'build-vm' was stopped: it obeyed the power button.",
    details: { rung: 'acpi' },
  }),
  entry(35, 60 * 20, {
    actor: 'engine',
    action: 'engine.started',
    summary: 'The engine started; 13 machines, 9 adopted.',
  }),
  entry(34, 60 * 20.1, {
    ...build,
    actor: 'engine',
    action: 'machine.adopted',
    summary: "'build-vm' ran on while Vigil was away and is watched again.",
    cause: 35,
  }),
  entry(33, 60 * 26, { ...build, actor: 'user', action: 'machine.created', summary: "'build-vm' was created." }),
];

export const storyNotices: readonly EngineNotice[] = [];

export const storyCrashes: readonly CrashRecord[] = [
  {
    id: storyId(801),
    machineId: storyId(1),
    at: before(4),
    kind: 'killed',
    summary: killed,
    consoleTail:
      '[ 5412.118320] cc1plus invoked oom-killer: gfp_mask=0x140dca, order=0\n[ 5412.118388] Out of memory: Killed process 9960 (cc1plus) total-vm:1203344kB\nmake[2]: *** [CMakeFiles/core.dir/build.make:118] Error 1',
    events: '[]',
  },
];

export const storyHost: HostDescription = {
  cpus: 8,
  memoryMib: 32_768,
  diskFreeMib: 121_036,
  promisedCpus: 23,
  promisedMemoryMib: 20_480,
  qemuVersion: '10.0.2',
  qemuAdvice: null,
  accelerator: 'kvm',
  acceleratorReason: '/dev/kvm ran a guest in 0.2 s.',
  capacity: { maxCpus: 32, maxMemoryMib: 31_744, maxDiskMib: 121_036 },
};

export const storyStatus: Daemon = {
  running: true,
  pid: 3127,
  uptimeSeconds: 72_000,
  monitored: storyMachines.map(({ name }) => name),
  version: '0.1.0',
  home: '/home/ada/.vigil',
  host: 'app',
};
