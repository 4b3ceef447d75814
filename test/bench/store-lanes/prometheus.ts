import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type SampleMetric, sampleMetrics } from '../../../main/contract/sample.ts';
import type { StoredSample } from '../../../main/engine/ports/metrics-store.ts';
import { findCommand } from '../../../scripts/debian-packages.mjs';
import { eventually } from '../../support/eventually.ts';
import { endProcess } from '../end-process.ts';
import { CannotRun } from '../lane.ts';

/** A Prometheus of our own on a loopback port, fed by remote write. */
export interface Prometheus {
  /** All values of them, or some. */
  append(samples: readonly StoredSample[], metrics?: readonly SampleMetric[]): Promise<void>;
  /** What all of it takes on the disk as blocks, those of the present written out, too. */
  blockBytes(): Promise<number>;
  /** The answer of its HTTP API, read to the end. */
  ask(route: 'query' | 'query_range', parameters: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

export async function startPrometheus(): Promise<Prometheus> {
  const command = findCommand('prometheus');
  if (!command) throw new CannotRun('prometheus is not installed (Debian package prometheus).');
  const folder = mkdtempSync(path.join(tmpdir(), 'vgb-prometheus-'));
  writeFileSync(path.join(folder, 'prometheus.yml'), 'global: {scrape_interval: 1h}\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      '--storage.tsdb.retention.time=10y',
      '--web.enable-remote-write-receiver',
      '--web.enable-admin-api',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const at = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually('prometheus to answer', async () => (await fetch(`${at}/-/ready`)).ok, 60_000);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    append: async (samples, metrics = sampleMetrics) => {
      const answer = await fetch(`${at}/api/v1/write`, {
        method: 'POST',
        headers: { 'content-encoding': 'snappy', 'content-type': 'application/x-protobuf' },
        body: new Uint8Array(asSnappy(writeRequest(samples, metrics))),
      });
      if (!answer.ok) throw new Error(`prometheus answered ${answer.status}: ${await answer.text()}`);
    },
    blockBytes: async () => {
      const answer = await fetch(`${at}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      if (!answer.ok) throw new Error(`prometheus answered ${answer.status}: ${await answer.text()}`);
      const { data } = (await answer.json()) as { readonly data: { readonly name: string } };
      const snapshot = path.join(folder, 'data', 'snapshots', data.name);
      const names = readdirSync(snapshot, { recursive: true, encoding: 'utf8' });
      return names.reduce((sum, name) => {
        const found = statSync(path.join(snapshot, name));
        return found.isFile() ? sum + found.size : sum;
      }, 0);
    },
    ask: async (route, parameters) => {
      const answer = await fetch(`${at}/api/v1/${route}?${new URLSearchParams(parameters)}`);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`prometheus answered ${answer.status}: ${text.slice(0, 200)}`);
      return text;
    },
    close,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A WriteRequest of protocol buffers: a series for each value, one sample each. */
function writeRequest(samples: readonly StoredSample[], metrics: readonly SampleMetric[]): Buffer {
  return Buffer.concat(
    samples.flatMap((sample) =>
      metrics.flatMap((metric) => {
        const value = sample[metric];
        if (value === null) return [];
        const labels = [label('__name__', metric), label('vm', sample.machineId)];
        const number = Buffer.alloc(9);
        number[0] = 0x09;
        number.writeDoubleLE(value, 1);
        const body = Buffer.concat([number, Buffer.from([0x10]), varint(sample.atMs)]);
        return [part(1, Buffer.concat([...labels.map((each) => part(1, each)), part(2, body)]))];
      }),
    ),
  );
}

const label = (name: string, value: string): Buffer =>
  Buffer.concat([part(1, Buffer.from(name)), part(2, Buffer.from(value))]);
const part = (field: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([(field << 3) | 2]), varint(body.length), body]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** The block format of Snappy with literals alone: no time of ours goes into compression. */
function asSnappy(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(piece.length - 1, 1);
    parts.push(head, piece);
  }
  return Buffer.concat(parts);
}
