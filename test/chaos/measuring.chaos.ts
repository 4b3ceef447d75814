import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../main/contract/machine.ts';
import { type Sample, type SampleSource, sampleMetrics } from '../../main/contract/sample.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { runCliProcess } from '../support/cli-process.ts';
import { eventually } from '../support/eventually.ts';
import { type GuestRecord, type GuestRecorder, recordGuest } from '../support/guests/guest-recorder.ts';
import { type TinyMachine, tinyMachine } from '../support/guests/tiny-machine.ts';
import { connectToEngineOf } from '../support/launch-headless.ts';
import { killProcessesOfHome } from '../support/processes-of-home.ts';
import { type Sshd, startSshd } from '../support/sshd.ts';

/** What Vigil says of a real guest, beside what the guest says of itself over a session of the test's own. */

const mebibyte = 1024 * 1024;
const cpus = 2;
/** The shortest there is; a reading that hangs is given up after half of it. */
const settings = '[collection]\ninterval_seconds = 10\ntimeout_seconds = 5\n';
const patience = 240_000;

let folder: string;
let home: string;
let guest: TinyMachine;
let sshd: Sshd;
let pid: number;
let engine: SocketConnection;
let recorder: GuestRecorder;
/** Every round since the begin, oldest first. `endMs` is when its readings were all in. */
const rounds: { readonly endMs: number; readonly samples: readonly Sample[] }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'vm-'));
  home = path.join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(path.join(home, 'settings.toml'), settings, { mode: 0o600 });
  guest = await tinyMachine({ cpus, append: 'root=/dev/vda', diskMib: 128 });
  sshd = await startSshd();
  await vigil('create', 'tiny', ...guest.createFlags);
  giveFileSystem(path.join(home, 'machines', (await machine()).id, 'disk.qcow2'));
  await vigil('start', 'tiny');
  await guest.booted();
  pid = (await machine()).pid ?? 0;
  const watch = ['--interval', '5', '--timeout', '4', '--start-allowance', '0', '--trust-on-first-use'];
  await vigil('lifecycle', 'enable', 'tiny', ...watch, '--ssh-user', guest.user, '--ssh-key', guest.key.file);
  const access = ['--port', String(sshd.port), '--key', sshd.clientKey.file, '--trust-on-first-use'];
  await vigil('host', 'add', 'pi', '--address', '127.0.0.1', ...access);
  recorder = recordGuest(guest, pid);
  await listen();
}, patience);

afterAll(async () => {
  recorder?.stop();
  engine?.close();
  await runCliProcess(home, ['lifecycle', 'daemon', 'stop']);
  await killProcessesOfHome(home);
  await sshd?.dispose();
  guest?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function vigil(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCliProcess(home, args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

async function machine(): Promise<Machine> {
  return JSON.parse(await vigil('show', 'tiny', '--json'));
}

function giveFileSystem(image: string): void {
  const raw = path.join(folder, 'disk.raw');
  execFileSync('truncate', ['-s', '128M', raw]);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-F', raw]);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
}

async function listen(): Promise<void> {
  engine = await connectToEngineOf(home);
  engine.subscribe('metrics.collected', ({ at, samples }) => rounds.push({ endMs: Date.parse(at), samples }));
}

const sampleOf = (round: number, name: string, source: SampleSource): Sample | undefined =>
  rounds[round]?.samples.find((sample) => sample.machine === name && sample.source === source);

/** One interval of Vigil's beside the guest's own counters at its two ends. */
interface Interval {
  readonly seconds: number;
  /** How long its rounds took: somewhere in there the counters were read. */
  readonly blurSeconds: number;
  readonly guest: Sample;
  readonly host: Sample;
  readonly before: GuestRecord;
  readonly after: GuestRecord;
}

/** The next `count` intervals that begin from now on. */
async function nextIntervals(count: number): Promise<readonly Interval[]> {
  const first = rounds.length;
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      eventually(`round ${first + index + 1}`, () => intervalUntil(first + index + 1), (count + 2) * 10_000 + 15_000),
    ),
  );
}

/** Waits for a record of now, so that what comes next is not laid before it. */
async function recorded(): Promise<void> {
  const now = Date.now();
  await eventually('a record of now', () => recorder.at(now), 30_000);
}

/** The intervals from a round before `work` to one after it. */
async function intervalsAround(work: () => Promise<void>): Promise<readonly Interval[]> {
  const first = rounds.length;
  await eventually('a round to begin with', () => rounds.length > first, 30_000);
  await recorded();
  await work();
  await recorded();
  const last = rounds.length;
  await eventually('a round to end with', () => rounds.length > last, 30_000);
  return Promise.all(
    Array.from({ length: last - first }, (_, index) =>
      eventually('its counters', () => intervalUntil(first + index + 1)),
    ),
  );
}

function intervalUntil(round: number): Interval | null {
  const [from, to] = [rounds[round - 1], rounds[round]];
  if (from === undefined || to === undefined) return null;
  const [before, after] = [recorder.at(from.endMs), recorder.at(to.endMs)];
  const [seen, host] = [sampleOf(round, 'tiny', 'guest'), sampleOf(round, 'tiny', 'host')];
  if (before === null || after === null) return null;
  if (seen === undefined || host === undefined) throw new Error(`no sample in round ${round}`);
  const blurMs = [from, to].map(({ endMs, samples }) => endMs - Date.parse(samples[0]?.at ?? ''));
  const seconds = (to.endMs - from.endMs) / 1000;
  return { seconds, blurSeconds: Math.max(...blurMs) / 1000, guest: seen, host, before, after };
}

const ownCpu = ({ before, after }: Interval): number =>
  ((after.cpuBusy - before.cpuBusy) / (after.cpuTotal - before.cpuTotal)) * 100;
const ownHostCpu = ({ before, after, seconds }: Interval): number =>
  (after.processMs - before.processMs) / (seconds * 10 * cpus);
const ownMemory = ({ after }: Interval): number =>
  ((after.memoryTotal - after.memoryAvailable) / after.memoryTotal) * 100;

type ByteRate = Extract<keyof Sample, `${string}BytesPerSecond`>;
type ByteCounter = 'received' | 'sent' | 'written';

/** Bytes that Vigil's rates add up to over intervals without a break. */
function bytesBy(intervals: readonly Interval[], metric: ByteRate): number {
  return intervals.reduce((sum, { guest: sample, seconds }) => sum + (sample[metric] ?? Number.NaN) * seconds, 0);
}

function ownBytes(intervals: readonly Interval[], counter: ByteCounter): number {
  return (intervals.at(-1)?.after[counter] ?? Number.NaN) - (intervals[0]?.before[counter] ?? Number.NaN);
}

function expectWithinPoints(what: string, seen: number | null, truth: number, points = 3): void {
  console.log(`${what}: Vigil ${seen?.toFixed(1)} %, the guest itself ${truth.toFixed(1)} %`);
  expect(seen, what).not.toBeNull();
  expect(Math.abs((seen ?? Number.NaN) - truth), what).toBeLessThanOrEqual(points);
}

/** Within 5 %, beside what the length of the rounds leaves open: it matters when this computer is overloaded. */
function expectSameBytes(what: string, metric: ByteRate, counter: ByteCounter, intervals: readonly Interval[]): void {
  const [seen, truth] = [bytesBy(intervals, metric), ownBytes(intervals, counter)];
  const blur = Math.max(...intervals.map(({ blurSeconds, seconds }) => blurSeconds / seconds));
  const mib = (bytes: number) => `${(bytes / mebibyte).toFixed(2)} MiB`;
  console.log(`${what}: Vigil ${mib(seen)}, the guest itself ${mib(truth)}, blur ${(blur * 100).toFixed(1)} %`);
  expect(Math.abs(seen - truth), what).toBeLessThanOrEqual(truth * (0.05 + blur));
}

describe('what Vigil says of a guest agrees with', () => {
  it(
    'its processor, idle and busy, by /proc/stat and top; and the host’s view of its process with /proc',
    async () => {
      await eventually('two readings', () => sampleOf(rounds.length - 1, 'tiny', 'guest')?.cpuPercent ?? null, 60_000);
      const [idle] = await nextIntervals(1);
      if (idle === undefined) throw new Error('no interval');
      expectWithinPoints('idle, /proc/stat', idle.guest.cpuPercent, ownCpu(idle));
      expectWithinPoints('idle, process', idle.host.cpuPercent, ownHostCpu(idle));

      const burning = guest.run('burn-cpu 12');
      const [busy] = await nextIntervals(1);
      if (busy === undefined) throw new Error('no interval');
      expectWithinPoints('partly busy, /proc/stat', busy.guest.cpuPercent, ownCpu(busy));
      expectWithinPoints('partly busy, process', busy.host.cpuPercent, ownHostCpu(busy));
      await burning;

      // Whatever else this computer does: a guest that never rests is busy throughout.
      const burningAll = guest.run('burn-cpu 45 & burn-cpu 45; wait');
      const top = guest.run('top -b -d 9 -n 2');
      const [full] = await nextIntervals(1);
      const idleByTop = Number([...(await top).matchAll(/^CPU:.* ([\d.]+)% idle/gm)].at(-1)?.[1]);
      expectWithinPoints('all busy, top', full?.guest.cpuPercent ?? null, 100 - idleByTop);
      await burningAll;
    },
    patience,
  );

  it(
    'its memory by free, what is written by the counters of the disk; a cache is no use of memory',
    async () => {
      const before = await nextIntervals(1);
      const size = 48;
      const intervals = await intervalsAround(async () => {
        await guest.run(`dd if=/dev/zero of=/big bs=1M count=${size} 2>/dev/null; sync`);
      });
      const [last] = intervals.slice(-1);
      if (last === undefined || before[0] === undefined) throw new Error('no interval');
      const free = await guest.run('free -k');
      const memory = /^Mem:\s+(\d+)\s+.*?(\d+)$/m.exec(free);
      const [total, left] = [Number(memory?.[1]), Number(memory?.[2])];
      expectWithinPoints('memory, free', last.guest.memoryPercent, ((total - left) / total) * 100);
      expectWithinPoints('memory, /proc/meminfo', last.guest.memoryPercent, ownMemory(last));
      // The file lies in the cache: less is free, no more is in use.
      const freePercent = ({ after }: Interval) => (after.memoryFree / after.memoryTotal) * 100;
      expect(freePercent(before[0]) - freePercent(last)).toBeGreaterThan(15);
      expectWithinPoints('memory before and after', last.guest.memoryPercent, before[0].guest.memoryPercent ?? 0);

      expectSameBytes('written', 'diskWriteBytesPerSecond', 'written', intervals);
      expect(ownBytes(intervals, 'written')).toBeGreaterThanOrEqual(size * mebibyte);
    },
    patience,
  );

  it(
    'what goes over its network card, both ways, by the card’s own counters',
    async () => {
      const [out, into] = [8, 4];
      const intervals = await intervalsAround(async () => {
        expect((await guest.run(`head -c ${out * mebibyte} /dev/zero`)).length).toBe(out * mebibyte);
        const feeding = guest.spawn('cat > /dev/null');
        feeding.stdin?.end(Buffer.alloc(into * mebibyte));
        await new Promise((resolve) => feeding.once('exit', resolve));
      });
      expectSameBytes('sent', 'networkOutBytesPerSecond', 'sent', intervals);
      expectSameBytes('received', 'networkInBytesPerSecond', 'received', intervals);
      expect(bytesBy(intervals, 'networkOutBytesPerSecond')).toBeGreaterThan(out * mebibyte);
      expect(bytesBy(intervals, 'networkInBytesPerSecond')).toBeGreaterThan(into * mebibyte);
    },
    patience,
  );
});

describe('a collector that is blocked', () => {
  it(
    'leaves a gap with a reason, never a zero; the others keep their beat, and the first rate after it is right, as is its disk by df',
    async () => {
      const first = rounds.length;
      // A round may have nothing of a machine whose last reading still waits.
      const samplesSince = (name: string, source: SampleSource, from = first) =>
        rounds.slice(from).flatMap((_, index) => sampleOf(from + index, name, source) ?? []);
      await guest.run('killall -STOP dropbear');
      await eventually('two rounds without sshd', () => rounds.length >= first + 3, 60_000);
      // Work that nobody watches.
      await guest.run(`head -c ${8 * mebibyte} /dev/zero`);
      process.kill(pid, 'SIGSTOP');
      try {
        const frozenAt = rounds.length;
        await eventually('two rounds without the guest', () => rounds.length >= frozenAt + 2, 60_000);
      } finally {
        process.kill(pid, 'SIGCONT');
        await guest.run('killall -CONT dropbear');
      }
      // The first of them may have been under way.
      const blocked = samplesSince('tiny', 'guest').slice(1);
      expect(blocked.length).toBeGreaterThanOrEqual(3);
      for (const sample of blocked) {
        expect(sample).toMatchObject({ success: false, error: expect.stringMatching(/\w/) });
        expect(sampleMetrics.map((metric) => sample[metric])).toEqual(sampleMetrics.map(() => null));
      }
      const others = samplesSince('pi', 'ssh');
      expect(others.every(({ success, cpuPercent }) => success && cpuPercent !== null)).toBe(true);
      const beats = others.slice(1).map(({ at }, index) => Date.parse(at) - Date.parse(others[index]?.at ?? ''));
      for (const beat of beats) expect(Math.abs(beat - 10_000)).toBeLessThan(1000);
      expect(samplesSince('tiny', 'host').every(({ success }) => success)).toBe(true);

      const after = rounds.length;
      await eventually('a rate again', () => sampleOf(rounds.length - 1, 'tiny', 'guest')?.cpuPercent ?? null, 60_000);
      const good = samplesSince('tiny', 'guest', after).filter(({ success }) => success);
      // What came to pass in the gap belongs to no interval: the first good reading knows no rate, or one since it answers again.
      expect(good[0]?.networkOutBytesPerSecond ?? 0).toBeLessThan((8 * mebibyte) / 128);
      const rate = await eventually('the same by its own counters', () => intervalUntil(rounds.length - 1));
      expectWithinPoints('first rate after the gap', rate.guest.cpuPercent, ownCpu(rate));
      expect(bytesBy([rate], 'networkOutBytesPerSecond')).toBeLessThan(mebibyte);
      // A file system is asked less often than the rest, and anew after a gap.
      const [, , used, available] =
        (await guest.run('df -kP /')).trim().split('\n').at(-1)?.split(/\s+/).map(Number) ?? [];
      expectWithinPoints('disk, df', rate.guest.diskPercent, ((used ?? 0) / ((used ?? 0) + (available ?? 0))) * 100);
      expect(rate.guest.diskPercent).toBeGreaterThan(40);
    },
    patience,
  );

  it(
    'by a reboot of its guest goes on without a rate below zero or beyond belief',
    async () => {
      const first = rounds.length;
      recorder.stop();
      await guest.run('sync; (sleep 1; reboot -f) >/dev/null 2>&1 &');
      const guests = () => rounds.slice(first).flatMap((_, index) => sampleOf(first + index, 'tiny', 'guest') ?? []);
      const isAnew = ({ success, cpuPercent }: Sample) => success && cpuPercent === null;
      const anew = await eventually('a first reading of the new run', () => guests().findIndex(isAnew) + 1, 90_000);
      await eventually(
        'a rate of the new run',
        () =>
          guests()
            .slice(anew)
            .some(({ cpuPercent }) => cpuPercent !== null),
        60_000,
      );
      for (const sample of guests()) {
        for (const metric of sampleMetrics) {
          const value = sample[metric];
          if (value === null) continue;
          expect(value, metric).toBeGreaterThanOrEqual(0);
          expect(value, metric).toBeLessThan(metric.endsWith('Percent') ? 100.1 : 16 * mebibyte);
        }
      }
    },
    patience,
  );

  it(
    'because Vigil did not run is a gap to whoever draws the history',
    async () => {
      const lastMs = rounds.at(-1)?.endMs ?? 0;
      engine.close();
      await vigil('lifecycle', 'daemon', 'stop');
      await eventually('more than two intervals without an engine', () => Date.now() - lastMs > 30_000, 40_000);
      const from = new Date(lastMs - 60_000).toISOString();
      await vigil('list');
      await listen();
      await eventually('a reading again', () => (rounds.at(-1)?.endMs ?? 0) > lastMs && rounds.at(-1), 60_000);
      const range = { machine: 'tiny', from, to: new Date().toISOString() };
      const { history, gaps } = {
        history: (await engine.call('metrics.history', range)).filter(({ source }) => source === 'host'),
        gaps: (await engine.call('metrics.gaps', range)).filter(({ source }) => source === 'host'),
      };
      const next = history.findIndex(({ at }) => Date.parse(at) > lastMs);
      expect(next).toBeGreaterThan(0);
      expect(gaps).toEqual([{ source: 'host', from: history[next - 1]?.at, to: history[next]?.at, reason: null }]);
      // Its processor time went on meanwhile: an average over the gap would be a guess.
      expect(history[next]).toMatchObject({ success: true, cpuPercent: null });
    },
    patience,
  );
});
