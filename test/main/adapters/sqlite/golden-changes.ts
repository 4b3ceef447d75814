import type { StateChange } from '../../../../main/engine/ports/state-store.ts';

/** What the golden files hold: one of each noun that a schema knew, in shapes that every later version must still read. */
export function goldenChanges(schema: number): readonly StateChange[] {
  return [sinceFirst, sinceSecond, sinceThird, sinceFourth, sinceFifth, sinceSixth, sinceSeventh, sinceEighth]
    .slice(0, schema)
    .flat();
}

const at = '2026-01-01T00:00:00.000Z';

const sinceFirst: readonly StateChange[] = [
  {
    kind: 'machine-put',
    machine: {
      id: '2c1f3c1e-0000-4000-8000-000000000001',
      name: 'golden',
      provider: 'qemu',
      config: { cpus: 2, memoryMib: 64, diskMib: 16, forwards: [{ host: 2222, guest: 22 }], tags: ['old', 'größe'] },
      wanted: 'running',
      state: 'running',
      generation: 3,
      runtime: '{"pid":4711}',
      notice: null,
      createdAt: at,
      startedAt: at,
      stoppedAt: null,
    },
  },
  {
    kind: 'operation-put',
    operation: {
      id: '2c1f3c1e-0000-4000-8000-000000000002',
      machine: 'golden',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      kind: 'stop',
      state: 'running',
      progress: 0.5,
      step: 'waiting for the guest',
      startedAt: at,
      endedAt: null,
      cancellable: true,
    },
  },
  {
    kind: 'journal-appended',
    entry: {
      id: 41,
      at,
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      machine: 'golden',
      actor: 'user',
      action: 'machine.started',
      summary: "'golden' was started.",
      details: { pid: 4711, accelerator: 'tcg' },
    },
  },
  {
    kind: 'journal-appended',
    entry: { id: 42, at, actor: 'engine', action: 'engine.stopped', summary: 'Vigil stopped.', details: {}, cause: 41 },
  },
  {
    kind: 'crash-put',
    crash: {
      id: '2c1f3c1e-0000-4000-8000-000000000003',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      at,
      kind: 'killed',
      summary: 'killed by signal 9',
      consoleTail: 'login: ',
      events: '[]',
    },
  },
];

const sinceSecond: readonly StateChange[] = [
  {
    kind: 'host-put',
    host: {
      id: '2c1f3c1e-0000-4000-8000-000000000004',
      name: 'golden-host',
      address: 'golden.example',
      port: 2022,
      user: 'ops',
      keyFile: null,
      trustOnFirstUse: true,
      createdAt: at,
    },
  },
];

const sinceThird: readonly StateChange[] = [
  {
    kind: 'snapshot-put',
    snapshot: {
      id: '2c1f3c1e-0000-4000-8000-000000000005',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      name: 'before-upgrade',
      tag: 'vigil-2c1f3c1e',
      at,
      parent: null,
      live: true,
      sizeBytes: 90_000_000,
      creator: 'safety',
      user: null,
      expiresAt: '2026-01-08T00:00:00.000Z',
      consistent: false,
      versions: {
        qemu: '7.2.0',
        machineType: 'pc-i440fx-7.2',
        accelerator: 'tcg',
        cpuModel: 'max',
        firmware: 'bios',
      },
      config: { cpus: 2, memoryMib: 64, diskMib: 16, forwards: [], tags: [] },
      state: 'ready',
    },
  },
];

const sinceFourth: readonly StateChange[] = [
  {
    kind: 'healing-put',
    healing: {
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      unit: { step: 2, restarts: [1_767_225_600_000], total: 2, waitFrom: 1_767_225_600_000, wellSince: null },
      machine: { step: 1, restarts: [1_767_225_000_000], total: 1, waitFrom: null, wellSince: 1_767_225_100_000 },
      tried: ['restart-unit'],
      acting: 'restart-unit',
    },
  },
  { kind: 'healing-pause-put', pause: { until: null } },
  {
    kind: 'journal-appended',
    entry: {
      id: 43,
      at,
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      machine: 'golden',
      actor: 'engine',
      action: 'healing.intended',
      summary: "Vigil will restart the unit ssh.service of 'golden'.",
      details: { rung: 'restart-unit' },
    },
  },
];

const sinceFifth: readonly StateChange[] = [
  {
    kind: 'hook-approval-put',
    approval: {
      path: '/home/ops/notify.sh',
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      by: 'ops',
      at,
    },
  },
  {
    kind: 'hook-run-put',
    run: {
      id: '2c1f3c1e-0000-4000-8000-000000000006',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      machine: 'golden',
      event: 'on_failure',
      path: '/home/ops/notify.sh',
      at,
      outcome: 'failed',
      summary: "The hook on_failure of 'golden' ended with 7.",
      exitCode: 7,
      signal: null,
      durationMs: 1234,
      survivors: 0,
      stdout: 'told größe\n',
      stderr: '',
      isTest: false,
      events: 2,
      cause: 43,
      environment: { VIGIL_VM_NAME: 'golden' },
    },
  },
];

const sinceSixth: readonly StateChange[] = [
  {
    kind: 'episode-put',
    episode: {
      id: '2c1f3c1e-0000-4000-8000-000000000007',
      number: 2,
      rule: 'high_cpu',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      machine: 'golden',
      metric: 'cpu_percent',
      severity: 'warning',
      state: 'firing',
      actualValue: 91.5,
      threshold: 80,
      message: "CPU of 'golden' is 91.5 %: above 80 %.",
      since: 1_767_225_500_000,
      firedAt: 1_767_225_600_000,
      resolvedAt: null,
      resolvedBecause: null,
      acknowledgedBy: 'ops',
      count: 2,
      affected: ['größe'],
      told: 'firing',
      toldFiringAt: 1_767_225_600_000,
      remindedAt: null,
      escalatedAt: null,
      turns: [1_767_225_000_000, 1_767_225_300_000, 1_767_225_600_000],
      flappingSince: null,
    },
  },
  {
    kind: 'alert-hold-put',
    hold: {
      rule: 'high_cpu',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      phase: 'clearing',
      since: 1_767_225_700_000,
      value: 70.5,
    },
  },
  {
    kind: 'alert-mute-put',
    mute: {
      id: '2c1f3c1e-0000-4000-8000-000000000008',
      kind: 'maintenance',
      rule: null,
      machineId: null,
      from: null,
      until: null,
      window: 'sat,sun 22:00-04:00',
      by: 'ops',
    },
  },
];

const sinceSeventh: readonly StateChange[] = [
  {
    kind: 'delivery-put',
    delivery: {
      id: '2c1f3c1e-0000-4000-8000-000000000071',
      channel: 'slack',
      key: 'high_cpu/2c1f3c1e-0000-4000-8000-000000000001/1',
      episode: '2c1f3c1e-0000-4000-8000-000000000061',
      kind: 'firing',
      rule: 'high_cpu',
      machine: 'golden',
      machineId: '2c1f3c1e-0000-4000-8000-000000000001',
      metric: 'cpu_percent',
      value: 91.2,
      threshold: 80,
      severity: 'warning',
      title: 'golden: high_cpu',
      body: "CPU of 'golden' is 91.2 %: above 80 %.",
      firedAt: Date.parse(at),
      resolvedAt: null,
      at: Date.parse(at),
      state: 'parked',
      attempts: 1,
      mayHaveArrived: false,
      deliveredAt: null,
      reason: 'The receiver refused the message: 404.',
    },
  },
];

const vm = {
  subscription: '11111111-aaaa-4000-8000-000000000001',
  tenant: 'contoso.example',
  group: 'Shop',
  name: 'web',
  region: 'westeurope',
  resourceId:
    '/subscriptions/11111111-aaaa-4000-8000-000000000001/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/web',
  vmId: null,
  size: 'Standard_B2s',
  os: 'linux',
  tags: { env: 'größe' },
  osDisk: null,
  diskMib: 30_720,
  provisioning: 'Succeeded',
} as const;

const sinceEighth: readonly StateChange[] = [
  {
    kind: 'azure-machine-put',
    machine: {
      id: '2c1f3c1e-0000-4000-8000-000000000081',
      vm,
      wanted: 'running',
      state: 'running',
      power: 'running',
      provisioning: 'succeeded',
      billed: true,
      notice: null,
      createdAt: at,
      quietUntil: at,
    },
  },
  {
    kind: 'azure-work-put',
    work: {
      machineId: '2c1f3c1e-0000-4000-8000-000000000081',
      order: { id: '2c1f3c1e-0000-4000-8000-000000000082', vm, act: { verb: 'restart' }, urgent: true },
      phase: 'sent',
      ticket: '{"state":{}}',
      sentAt: Date.parse(at),
      deadlineAt: Date.parse(at) + 60_000,
      lookedAt: null,
      before: 'running',
      by: { user: 'ops', face: 'cli' },
    },
  },
];
