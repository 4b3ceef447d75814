import { expect, it } from 'vitest';
import { runtimePaths } from '../../../../main/adapters/qemu/qemu-paths.ts';
import {
  type RuntimeRecord,
  readRuntimeRecord,
  writeRuntimeRecord,
} from '../../../../main/adapters/qemu/runtime-record.ts';

const record: RuntimeRecord = {
  identity: { pid: 42, startTime: 7, bootId: 'b' },
  startedAt: '2026-01-01T00:00:00.000Z',
  paths: runtimePaths('/run/vigil/aaaaaaaa', '0b5f6c1e-1111-4222-8333-444455556666'),
  generation: 3,
  accelerator: 'tcg',
  acceleratorReason: 'why',
  machineType: 'pc-i440fx-7.2',
  qemuVersion: '7.2.22',
  hostPorts: [2222],
  consoleFrom: 10,
};

it('a record comes back as it was written', () => {
  expect(readRuntimeRecord(writeRuntimeRecord(record))).toEqual(record);
});

it.each([
  [null],
  [''],
  ['{'],
  ['null'],
  ['[]'],
  ['{"version":2}'],
  [JSON.stringify({ version: 1, ...record, identity: { pid: 1, startTime: 7, bootId: 'b' } })],
  [JSON.stringify({ version: 1, ...record, identity: { pid: '42', startTime: 7, bootId: 'b' } })],
  [JSON.stringify({ version: 1, ...record, identity: { pid: -42, startTime: 7, bootId: 'b' } })],
  [JSON.stringify({ version: 1, ...record, paths: { folder: 1 } })],
  [JSON.stringify({ version: 1, ...record, generation: 'x' })],
])('what is none is not believed: %s', (text) => expect(readRuntimeRecord(text)).toBeNull());
