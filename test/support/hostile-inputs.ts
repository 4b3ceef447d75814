import { types } from 'node:util';
import { type CallName, calls } from '../../main/contract/calls.ts';

/** One call that no handler may ever hear of. */
export interface HostileCall {
  readonly name: unknown;
  readonly input: unknown;
  readonly about: string;
  /** Whether JSON can carry it: then it belongs on the socket too. */
  readonly isJson: boolean;
  /** Whether Electron's IPC can carry it (structured clone). */
  readonly isCloneable: boolean;
}

/** A good input of every call, as the ground that hostile ones grow from. A new call without one is a compile error. */
export const goodInputs: { readonly [N in CallName]: Readonly<Record<string, unknown>> } = (() => {
  const machine = 'demo';
  const operation = '5e2a7c1e-8d5f-4c53-9f4e-0d8c0b1a2f3d';
  return {
    'engine.status': {},
    'engine.notices': {},
    'engine.shutdown': {},
    'host.describe': {},
    'machine.list': { state: 'running', provider: 'qemu', tag: 'web', group: 'shop' },
    'machine.get': { machine },
    'machine.rehearse': { draft: { name: 'demo' } },
    'definition.read': { text: 'cpus: 2' },
    'machine.create': { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16, start: false, forwards: [], tags: [] },
    'machine.start': { machine },
    'machine.stop': { machine, force: false, timeoutSeconds: 5 },
    'machine.restart': { machine, force: false, timeoutSeconds: 5 },
    'machine.pause': { machine },
    'machine.resume': { machine },
    'machine.clone': { machine, name: 'copy', linked: false },
    'disk.add': { machine, name: 'data', sizeMib: 16 },
    'disk.grow': { machine, disk: 'data', sizeMib: 32 },
    'disk.check': { machine, disk: 'data', repair: false },
    'disk.compact': { machine, disk: 'data' },
    'machine.edit': { machine, change: { cpus: 2, kernel: null, forwards: [{ host: 2222, guest: 22 }] } },
    'machine.rename': { machine, name: 'other' },
    'machine.tag': { machine, action: 'add', tag: 'web' },
    'machine.protect': { machine, protected: true },
    'forward.add': { machine, host: 2222, guest: 22 },
    'forward.remove': { machine, host: 2222, guest: 22 },
    'machine.delete': { machine, force: false },
    'machine.bin': {},
    'machine.undelete': { machine },
    'machine.suspend': { machine },
    'snapshot.take': { machine, name: 'clean' },
    'snapshot.list': { machine },
    'snapshot.revert': { machine, snapshot: 'clean', memory: true },
    'snapshot.delete': { machine, snapshot: 'clean' },
    'operation.list': {},
    'operation.wait': { operation },
    'operation.cancel': { operation },
    'journal.list': { machine, limit: 10, before: 5 },
    'console.read': { machine, from: 0, limit: 100 },
    'console.follow': { machine, from: 0, limit: 100, waitMs: 0 },
    'console.write': { machine, data: 'bHMK' },
    'console.search': { machine, text: 'panic', before: 100, limit: 10 },
    'machine.screenshot': { machine, kept: false },
    'ssh.target': { machine },
    'desktop.open-terminal': { machine },
    'desktop.save-csv': { machine, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', source: 'guest' },
    'machine.inventory': {},
    'import.clan': { folder: '/home/user/.clan-vm' },
    'import.azlin': { folder: '/home/dev/.azlin' },
    'machine.crashes': { machine, limit: 10 },
    'desktop.attach': {},
    'host.add': {
      name: 'pi',
      address: '192.0.2.7',
      port: 22,
      user: 'pi',
      keyFile: '/home/user/key',
      trustOnFirstUse: false,
    },
    'host.remove': { machine },
    'lifecycle.enable': { machine, watch: { enabled: true, check_interval_seconds: 60, ssh_host: 'pi', ssh_port: 22 } },
    'lifecycle.disable': { machine },
    'lifecycle.pause': { seconds: 60 },
    'lifecycle.resume': {},
    'lifecycle.healing-pause': {},
    'lifecycle.release': { machine },
    'lifecycle.healing': { machine },
    'lifecycle.rehearse': { machine, policy: 'on-failure', ladder: ['reboot', 'restart'], days: 30 },
    'machine.why': { machine },
    'journal.verify': {},
    'hook.list': { machine },
    'hook.set': { machine, event: 'on_start', path: '/home/dev/hook.sh' },
    'hook.clear': { machine, event: 'on_start' },
    'hook.approve': { machine, event: 'on_start', sha256: 'a'.repeat(64) },
    'hook.test': { machine, event: 'on_start' },
    'hook.runs': { machine, limit: 20 },
    'hook.run': { run: operation },
    'hook.read': { machine, event: 'on_start' },
    'hook.write': { machine, event: 'on_start', text: '#!/bin/sh' },
    'check-script.get': { machine },
    'check-script.set': { machine, path: '/home/dev/check.sh' },
    'check-script.clear': { machine },
    'check-script.approve': { machine, sha256: 'a'.repeat(64) },
    'lifecycle.status': { machine },
    'health.check': { machine },
    'metrics.newest': {},
    'metrics.recent': { points: 24, machines: [machine] },
    'metrics.history': { machine, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', points: 300 },
    'metrics.gaps': { machine, from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', points: 300 },
    'metrics.roll-ups': {
      machine,
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      points: 300,
      level: 'hourly',
    },
    'metrics.compare': {
      machines: [machine],
      metric: 'cpuPercent',
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      level: 'daily',
      points: 300,
    },
    'metrics.export': {
      machine,
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      source: 'guest',
      after: 'guest raw 0',
    },
    'alert.rules': {},
    'alert.add': {
      name: 'busy',
      metric: 'cpu_percent',
      threshold: 80,
      comparison: '>',
      severity: 'warning',
      enabled: true,
      notification_channels: ['email'],
      for_seconds: 0,
      clear: 70,
      no_data: 'keep',
      remind_seconds: 0,
    },
    'alert.enable': { rule: 'busy', enabled: true },
    'alert.remove': { rule: 'busy' },
    'alert.change': {
      rule: 'busy',
      to: { name: 'busy', metric: 'cpu_percent', threshold: 90, severity: 'warning' },
    },
    'alert.counts': {},
    'alert.text': {},
    'alert.judge-text': { text: 'rules: []' },
    'alert.write-text': { text: 'rules: []', version: `alert_rules.yaml ${'0'.repeat(64)}` },
    'alert.test': { rule: 'busy' },
    'alert.active': {},
    'alert.history': { rule: 'busy', machine, limit: 10 },
    'alert.acknowledge': { episode: '5e2a7c1e' },
    'alert.snooze': { rule: 'busy', machine, seconds: 60 },
    'alert.mutes': {},
    'alert.plan-maintenance': { machine, until: '2026-03-17T20:30:15Z' },
    'alert.remove-mute': { mute: '5e2a7c1e' },
    'alert.rehearse': { rule: 'busy', days: 30 },
    'channel.list': {},
    'channel.test': { channel: 'slack' },
    'channel.set': { channel: 'slack', enabled: false, minSeverity: 'warning' },
    'channel.preview': { channel: 'slack', rule: 'busy', tells: 'firing' },
    'channel.secrets': {},
    'channel.keep-secret': { slot: 'slack address', secret: 'https://hooks.tests.test/x' },
    'channel.forget-secret': { slot: 'slack address' },
    'delivery.list': { state: 'parked', limit: 10 },
    'delivery.resend': { delivery: operation },
    'forecast.list': { machine, days: 30, atRiskOnly: true, soFar: true },
    'forecast.get': { machine, metric: 'diskPercent', days: 30 },
    'metrics.sql': { query: 'SELECT 1 FROM metrics', limit: 10 },
    'azure.status': {},
    'azure.sign-in': { way: 'browser', tenant: 'contoso.example', cloud: 'public' },
    'azure.sign-in-wait': { id: operation },
    'azure.sign-in-cancel': { id: operation },
    'azure.sign-out': {},
    'azure.choose': { subscriptions: ['11111111-aaaa-4000-8000-000000000001'], resourceGroups: ['shop'] },
    'azure.refresh': {},
    'azure.deallocate': { machine },
    'azure.redeploy': { machine },
    'azure.schedules': {},
    'azure.schedule': { machine, schedule: 'stop 19:00, mon-fri, Europe/Berlin' },
    'azure.resize': { machine, size: 'Standard_B2s' },
    'azure.run-command': { machine, script: 'uptime' },
    'azure.boot-log': { machine },
    'settings.get': {},
    'settings.change': { desktop: { theme: 'dark' }, collection: { interval_seconds: 30 } },
  };
})();

/**
 * Hostile calls over every name in the table, plus names that are none; the same list on every run.
 * At least `atLeast` of them: the tail varies sizes and depths, never the kind.
 */
export function hostileCalls(atLeast = 2000): readonly HostileCall[] {
  const found: HostileCall[] = [...hostileNames()];
  for (const name of Object.keys(calls) as CallName[]) {
    for (const { about, value } of wholeInputs()) found.push(describe(name, value, `${name}: ${about} as input`));
    for (const { about, value } of extraFields()) {
      found.push(describe(name, { ...goodInputs[name], ...value }, `${name}: ${about}`));
    }
    for (const { about, value } of trappedInputs(goodInputs[name]))
      found.push(describe(name, value, `${name}: ${about}`));
    for (const field of Object.keys(goodInputs[name])) {
      for (const { about, value } of wrongValues(name, field)) {
        found.push(describe(name, { ...goodInputs[name], [field]: value }, `${name}: ${field} is ${about}`));
      }
    }
  }
  for (let round = 0; found.length < atLeast; round += 1) {
    for (const name of Object.keys(calls) as CallName[]) {
      const input = { ...goodInputs[name], [`field${round}`]: nested(round % 50) };
      found.push(describe(name, input, `${name}: unknown field ${round}`));
    }
  }
  return found;
}

const manyFields = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 0]));

interface Hostile {
  readonly about: string;
  readonly value: unknown;
}

function describe(name: unknown, input: unknown, about: string): HostileCall {
  const json = survivesJson(name, input);
  return { name, input, about, isJson: json, isCloneable: json || survivesClone(name, input) };
}

function hostileNames(): readonly HostileCall[] {
  const names: readonly unknown[] = [
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'],
    ...[
      '',
      ' ',
      'machine',
      'machine.',
      'machine.list ',
      'MACHINE.LIST',
      'machine.list\0',
      'vigil:call',
      'n'.repeat(100_000),
    ],
    ...[null, undefined, 0, 1, Number.NaN, true, 10n, Symbol('machine.list'), () => 'machine.list'],
    ...[[], ['machine.list'], {}, { toString: () => 'machine.list' }, new String('machine.list')],
    new Proxy({}, trap()),
  ];
  return names.flatMap((name) => [
    describe(name, {}, 'a name that is none'),
    describe(name, { machine: 'demo' }, 'a name that is none'),
  ]);
}

/** None of them is an object of any call. */
function wholeInputs(): readonly Hostile[] {
  return [
    { about: 'null', value: null },
    { about: 'nothing', value: undefined },
    { about: 'true', value: true },
    { about: 'a number', value: 7 },
    { about: 'NaN', value: Number.NaN },
    { about: 'infinity', value: Number.POSITIVE_INFINITY },
    { about: 'text', value: 'demo' },
    { about: 'text of 2 MiB', value: 'x'.repeat(2 * 1_048_576) },
    { about: 'a list', value: [] },
    { about: 'a list of good inputs', value: [{ machine: 'demo' }] },
    { about: 'a huge empty list', value: new Array(4_000_000_000) },
    { about: 'a symbol', value: Symbol('demo') },
    { about: 'a bigint', value: 10n },
    { about: 'a function', value: () => ({}) },
    { about: 'a date', value: new Date(0) },
    { about: 'a map', value: new Map([['machine', 'demo']]) },
    { about: 'a set', value: new Set(['demo']) },
    { about: 'bytes', value: new Uint8Array(8) },
    { about: 'a regular expression', value: /demo/ },
    { about: 'an error', value: new Error('demo') },
    { about: 'a promise', value: Promise.resolve({}) },
    { about: 'an instance of a class', value: new (class Draft {})() },
    { about: 'a proxy', value: new Proxy({}, {}) },
    { about: 'a proxy that throws', value: new Proxy({}, trap()) },
    { about: 'a revoked proxy', value: revoked() },
    { about: 'a list behind a proxy', value: new Proxy([], trap()) },
    { about: 'a boxed text', value: new String('demo') },
  ];
}

/** Fields that no call has, added to an otherwise good input. */
function extraFields(): readonly {
  readonly about: string;
  readonly value: Readonly<Record<string | symbol, unknown>>;
}[] {
  return [
    { about: 'an own __proto__', value: JSON.parse('{"__proto__":{"force":true}}') as Record<string, unknown> },
    { about: 'an own constructor', value: { constructor: { prototype: { force: true } } } },
    { about: 'an own prototype', value: { prototype: {} } },
    { about: 'toString', value: { toString: 'x' } },
    { about: 'hasOwnProperty', value: { hasOwnProperty: true } },
    { about: 'an unknown field', value: { shell: 'rm -rf /' } },
    { about: 'an unknown empty name', value: { '': 1 } },
    { about: 'a huge name', value: { ['k'.repeat(70_000)]: 1 } },
    { about: 'a symbol as name', value: { [Symbol('machine')]: 'demo' } },
    { about: 'context', value: { context: { user: 'root', face: 'app' } } },
    {
      about: '20,000 fields',
      value: manyFields,
    },
  ];
}

function trappedInputs(good: Readonly<Record<string, unknown>>): readonly Hostile[] {
  const cyclic: Record<string, unknown> = { ...good };
  cyclic.self = cyclic;
  const cyclicList: unknown[] = [];
  cyclicList.push(cyclicList);
  const getter = Object.defineProperty({ ...good }, 'machine', {
    enumerable: true,
    get: () => {
      throw new Error('a getter ran');
    },
  });
  const quietGetter = Object.defineProperty({ ...good }, 'extra', { enumerable: true, get: () => 'x' });
  const ownProto = JSON.parse('{"__proto__":{"machine":"demo","force":true}}') as unknown;
  return [
    { about: 'a cycle', value: cyclic },
    { about: 'a cyclic list', value: { ...good, list: cyclicList } },
    { about: 'a getter that throws', value: getter },
    { about: 'a getter', value: quietGetter },
    { about: 'an own __proto__ alone', value: ownProto },
    { about: 'a polluted prototype', value: Object.create({ machine: 'demo', operation: 'x', force: true }) },
    { about: 'a good input behind a proxy', value: new Proxy({ ...good }, {}) },
    { about: 'a proxy that counts on being read twice', value: new Proxy({ ...good }, { ownKeys: () => [] }) },
    { about: 'nesting of 10,000', value: { ...good, deep: nested(10_000) } },
    { about: 'a tree that doubles 40 times', value: { ...good, tree: doubling(40) } },
    { about: 'a field of 2 MiB', value: { ...good, machine: 'x'.repeat(2 * 1_048_576) } },
    { about: 'toJSON', value: { ...good, toJSON: () => good } },
  ];
}

/** Fields that take any text up to a length of their own. */
const freeTexts: ReadonlySet<string> = new Set(['azure.run-command script', 'channel.keep-secret secret']);

/** Wrong for the field whatever it is: no field of any call takes one of these. */
function wrongValues(name: CallName, field: string): readonly Hostile[] {
  const isDraft = name === 'machine.rehearse' && field === 'draft';
  const everywhere: readonly Hostile[] = [
    { about: 'null', value: null },
    { about: 'NaN', value: Number.NaN },
    { about: 'infinity', value: Number.NEGATIVE_INFINITY },
    { about: 'a negative fraction', value: -1.5 },
    { about: 'a huge number', value: 1e308 },
    { about: 'empty text', value: '' },
    ...(freeTexts.has(`${name} ${field}`) ? [] : [{ about: 'text of 300 characters', value: '../'.repeat(100) }]),
    { about: 'text of 1.5 MiB', value: 'é'.repeat(786_432) },
    { about: 'a bigint', value: 1n },
    { about: 'a symbol', value: Symbol('x') },
    { about: 'a function', value: () => 'demo' },
    { about: 'a list in a list', value: [[]] },
    { about: 'a list of nulls', value: [null] },
    { about: 'a date', value: new Date(0) },
    { about: 'a boxed number', value: new Number(5) },
    { about: 'a proxy', value: new Proxy({}, trap()) },
    { about: 'a buffer', value: Buffer.from('demo') },
    { about: 'an object with own __proto__', value: JSON.parse('{"__proto__":{"theme":"dark"}}') as unknown },
    { about: 'nesting of 5,000', value: nested(5_000) },
    { about: 'a cycle', value: selfish() },
  ];
  return isDraft ? everywhere : [...everywhere, { about: 'an object', value: { $ne: null } }];
}

function trap(): ProxyHandler<object> {
  const refuse = (): never => {
    throw new Error('a proxy trap ran');
  };
  return { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse, getPrototypeOf: refuse };
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function nested(depth: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < depth; level += 1) value = { inside: value };
  return value;
}

function doubling(times: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < times; level += 1) value = [value, value];
  return value;
}

function selfish(): unknown {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}

/** Only what arrives at the other end unchanged enough to stay hostile counts, so doubtful kinds are left out. */
function survivesJson(name: unknown, input: unknown): boolean {
  return typeof name === 'string' && isJson(input, 0, { left: 20_000 });
}

function isJson(value: unknown, depth: number, budget: { left: number }): boolean {
  budget.left -= 1;
  if (depth > 200 || budget.left < 0) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.length < 400_000;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || types.isProxy(value)) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
    if (Array.isArray(value) && value.length > 10_000) return false;
    const keys = Reflect.ownKeys(value);
    if (keys.length > budget.left) return false;
    return keys.every((key) => {
      if (Array.isArray(value) && key === 'length') return true;
      const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
      return (
        typeof key === 'string' &&
        descriptor !== undefined &&
        'value' in descriptor &&
        isJson(descriptor.value, depth + 1, budget)
      );
    });
  } catch {
    return false;
  }
}

function survivesClone(name: unknown, input: unknown): boolean {
  // What JSON can carry, IPC can; of the rest only kinds whose clone is certain to stay hostile.
  return typeof name === 'string' && (types.isMap(input) || types.isDate(input));
}
