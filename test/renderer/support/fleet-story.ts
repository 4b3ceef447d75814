import type { CrashRecord } from '../../../main/contract/crash-record.ts';
import type { Daemon, EngineNotice, HostDescription } from '../../../main/contract/engine-status.ts';
import { securityReason } from '../../../main/contract/health-words.ts';
import type { JournalEntry } from '../../../main/contract/journal.ts';
import { WatchConfig, type WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Health, Machine, MachineVerb } from '../../../main/contract/machine.ts';
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

/** Watched over SSH, and well. */
const wellOverSsh = (port: number) => ({
  forwards: [{ host: port, guest: 22 }],
  health: {
    status: 'healthy',
    reason: null,
    since: before(60 * 20),
    sshReachable: true,
    sshFailures: 0,
    lastCheck: before(0.3),
    method: 'ssh',
  } as const,
});

/** A host that only answers SSH. */
export function hostMachine(number: number, name: string, address: string, health: Partial<Health>): Machine {
  const known = { ...wellOverSsh(22).health, ...health };
  return machineOf(number, name, {
    provider: 'ssh',
    state: known.status === 'healthy' ? 'running' : 'unknown',
    wanted: 'running',
    health: known,
    address,
    cpus: null,
    memoryMib: null,
    diskMib: null,
    capabilities: ['delete', 'ssh'],
  });
}

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
    ...wellOverSsh(2205),
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
    ...wellOverSsh(2207),
    tags: ['infra'],
    forwards: [{ host: 3000, guest: 3000 }],
    memoryMib: 1024,
    capabilities: [...up, 'pause', 'suspend', 'snapshot', 'ssh'],
  }),
  runningMachine(8, 'k3s-a', 60 * 24 * 6 + 300, {
    tags: ['k8s'],
    cpus: 4,
    memoryMib: 4096,
    accelerator: 'tcg',
    forwards: [{ host: 2208, guest: 22 }],
    health: {
      ...broken,
      method: 'ssh',
      sshReachable: false,
      sshFailures: 4,
      lastCheck: before(0.2),
      reason: '127.0.0.1:2208 does not answer.',
      since: before(4),
    },
  }),
  runningMachine(9, 'web-prod-1', 60 * 24 * 2, {
    ...wellOverSsh(2209),
    tags: ['prod', 'web'],
    forwards: [
      { host: 2209, guest: 22 },
      { host: 8443, guest: 443 },
    ],
  }),
  runningMachine(10, 'lab-pi', 47, { tags: ['edge'], cpus: 1, memoryMib: 512, diskMib: 8192 }),
  machineOf(11, 'mail-test', { tags: ['dev'] }),
  machineOf(12, 'ml-train', { tags: ['gpu'], cpus: 16, memoryMib: 32_768, diskMib: 512_000 }),
  runningMachine(13, 'win-sign', 60 * 3, { state: 'paused', tags: ['release'], diskMib: 81_920 }),
  hostMachine(15, 'nas-cellar', 'nas.example.org', {}),
  hostMachine(16, 'relay-berlin', '192.0.2.17', {
    status: 'degraded',
    reason: securityReason(
      'host key changed',
      '192.0.2.17:22 shows the ssh-ed25519 key SHA256:q1W8m0sPzJv4bT3cXfYhRkLgN7uE2oDiAaMjHnBvCxQ, but another one is known for it.',
    ),
    since: before(22),
    sshReachable: null,
  }),
  hostMachine(17, 'vpn-gw', '192.0.2.40', {
    status: 'unhealthy',
    reason: '192.0.2.40:22 refuses the connection.',
    since: before(11),
    sshReachable: false,
    sshFailures: 11,
  }),
  machineOf(14, 'db-replica', { tags: ['stage', 'db'], forwards: [{ host: 5432, guest: 5432 }] }),
];

/** Deleted, and still there. */
export const storyBin: readonly Machine[] = [
  machineOf(70, 'old-build', { deletedAt: before(90) }),
  machineOf(71, 'scratch', { deletedAt: before(60 * 30), diskMib: 8192 }),
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
const api = { machineId: storyId(4), machine: 'api-stage' } as const;
const k3s = { machineId: storyId(8), machine: 'k3s-a' } as const;

/** Newest first. */
export const storyJournal: readonly JournalEntry[] = [
  entry(410, 0.2, {
    machineId: storyId(5),
    machine: 'ci-runner-3',
    actor: 'user',
    action: 'operation.cancelled',
    summary: "The start of 'ci-runner-3' was given up.",
  }),
  entry(400, 4, {
    ...build,
    actor: 'engine',
    action: 'machine.ended',
    summary: killed,
    details: { end: 'killed', unexpected: true },
    cause: 380,
  }),
  entry(399, 1, {
    ...k3s,
    actor: 'engine',
    action: 'healing.refused',
    summary: "'k3s-a' is not healed: Before its next restart it waits 40 s.",
    details: { failure: 'unreachable', policy: 'on-failure', guard: 'budget' },
    cause: 398,
  }),
  entry(398, 4, {
    ...k3s,
    actor: 'engine',
    action: 'health.changed',
    summary: "'k3s-a' is unhealthy: 127.0.0.1:2208 does not answer.",
    details: { status: 'unhealthy', before: 'healthy', failures: 3 },
  }),
  entry(396, 18, {
    ...api,
    actor: 'engine',
    action: 'health.changed',
    summary: "'api-stage' is healthy again.",
    details: { status: 'healthy', before: 'unhealthy' },
    cause: 394,
  }),
  entry(394, 23, {
    ...api,
    actor: 'engine',
    action: 'health.changed',
    summary: "'api-stage' is unhealthy: 127.0.0.1:2205 took the connection and said nothing.",
    details: { status: 'unhealthy', before: 'healthy', failures: 3 },
  }),
  entry(390, 31, {
    machineId: storyId(2),
    machine: 'kernel-lab',
    actor: 'engine',
    action: 'machine.panicked',
    summary: panicked,
  }),
  entry(386, 41, { ...api, actor: 'user', action: 'machine.resumed', summary: "'api-stage' was resumed.", cause: 384 }),
  entry(384, 47, {
    ...api,
    actor: 'user',
    action: 'machine.paused',
    summary: "'api-stage' was paused.",
    details: { user: 'ada' },
  }),
  entry(380, 90, {
    ...build,
    actor: 'user',
    action: 'machine.started',
    summary: "'build-vm' was started.",
    cause: 360,
  }),
  entry(370, 90.2, {
    ...build,
    actor: 'engine',
    action: 'accelerator.fallback',
    summary: '/dev/kvm opened but did not run a guest within 2 s; QEMU emulates instead (TCG).',
    cause: 360,
  }),
  entry(360, 91, {
    ...build,
    actor: 'user',
    action: 'machine.stopped',
    summary: "'build-vm' was stopped: it obeyed the power button.",
    details: { rung: 'acpi' },
  }),
  entry(350, 60 * 20, {
    actor: 'engine',
    action: 'engine.started',
    summary: 'The engine started; 13 machines, 9 adopted.',
  }),
  entry(340, 60 * 20.1, {
    ...build,
    actor: 'engine',
    action: 'machine.adopted',
    summary: "'build-vm' ran on while Vigil was away and is watched again.",
    cause: 350,
  }),
  entry(330, 60 * 26, { ...build, actor: 'user', action: 'machine.created', summary: "'build-vm' was created." }),
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

/** How a machine of the story is watched. */
export function storyWatch({ name, provider, health, address, forwards }: Machine): WatchStatus {
  const port = forwards.find(({ guest }) => guest === 22)?.host;
  const isWatched = health.method === 'ssh';
  return {
    machine: name,
    enabled: isWatched,
    checkInterval: 60,
    sshFailures: health.sshFailures,
    sshThreshold: 3,
    lastCheck: health.lastCheck,
    lastStatus: health.status,
    reason: health.reason,
    advice: storyAdvice[name] ?? null,
    target: provider === 'ssh' ? `ada@${address}:22` : port === undefined ? null : `ada@127.0.0.1:${port}`,
    checks: [],
    policy: 'never',
    dryRun: false,
    config: isWatched && provider !== 'ssh' ? WatchConfig.parse({}) : null,
  };
}

const storyAdvice: Readonly<Record<string, string>> = {
  'k3s-a': 'See whether the machine is busy or its network is down.',
  'vpn-gw': 'See whether sshd runs on the machine.',
  'relay-berlin': 'Someone may be in between. If the machine was made anew, remove its old key from known_hosts.',
};
