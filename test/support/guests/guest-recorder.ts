import { readFileSync } from 'node:fs';
import type { TinyMachine } from './tiny-machine.ts';

/** What the guest's own counters said at one moment, and what this computer says of the guest's process. */
export interface GuestRecord {
  /** When it came in; wall clock, milliseconds. */
  readonly atMs: number;
  /** Jiffies. */
  readonly cpuBusy: number;
  readonly cpuTotal: number;
  /** KiB. */
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  readonly memoryFree: number;
  /** Bytes. */
  readonly received: number;
  readonly sent: number;
  readonly written: number;
  /** Processor time of the QEMU process, milliseconds. */
  readonly processMs: number;
}

/** A session of its own in the guest that tells its counters once a second. */
export interface GuestRecorder {
  /** The counters at a moment, between the two records around it; waits until there are two. */
  at(wallMs: number): GuestRecord | null;
  stop(): void;
}

const command =
  "while :; do head -n 1 /proc/stat; grep -E '^Mem(Total|Free|Available):' /proc/meminfo; grep eth0 /proc/net/dev; " +
  'grep " vda " /proc/diskstats; echo end; sleep 1; done';
/** The kernel's clock ticks a hundred times a second on every Linux that Debian builds. */
const tickMs = 10;

export function recordGuest(guest: TinyMachine, qemuPid: number): GuestRecorder {
  const records: GuestRecord[] = [];
  let text = '';
  const session = guest.spawn(command);
  session.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf('end\n'); end >= 0; end = text.indexOf('end\n')) {
      records.push(recordOf(text.slice(0, end), qemuPid));
      text = text.slice(end + 4);
    }
  });
  return {
    at: (wallMs) => {
      const next = records.findIndex(({ atMs }) => atMs >= wallMs);
      const [before, after] = [records[next - 1], records[next]];
      return before === undefined || after === undefined ? null : between(before, after, wallMs);
    },
    stop: () => {
      session.kill('SIGKILL');
    },
  };
}

function recordOf(text: string, qemuPid: number): GuestRecord {
  const numbers = (pattern: RegExp): readonly number[] => {
    const line = pattern.exec(text)?.[1];
    if (line === undefined) throw new Error(`the guest does not tell ${pattern}: ${text}`);
    return line.trim().split(/\s+/).map(Number);
  };
  const cpu = numbers(/^cpu (.*)$/m);
  const network = numbers(/eth0:(.*)$/m);
  const disk = numbers(/ vda (.*)$/m);
  const total = cpu.reduce((sum, field) => sum + field, 0);
  const process = readFileSync(`/proc/${qemuPid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return {
    atMs: Date.now(),
    cpuBusy: total - (cpu[3] ?? 0) - (cpu[4] ?? 0),
    cpuTotal: total,
    memoryTotal: numbers(/^MemTotal:(.*) kB$/m)[0] ?? Number.NaN,
    memoryAvailable: numbers(/^MemAvailable:(.*) kB$/m)[0] ?? Number.NaN,
    memoryFree: numbers(/^MemFree:(.*) kB$/m)[0] ?? Number.NaN,
    received: network[0] ?? Number.NaN,
    sent: network[8] ?? Number.NaN,
    written: (disk[6] ?? Number.NaN) * 512,
    processMs: (Number(process[11]) + Number(process[12])) * tickMs,
  };
}

function between(before: GuestRecord, after: GuestRecord, wallMs: number): GuestRecord {
  const share = (wallMs - before.atMs) / (after.atMs - before.atMs);
  const names = Object.keys(before) as (keyof GuestRecord)[];
  const values = names.map((name) => [name, before[name] + share * (after[name] - before[name])]);
  return Object.fromEntries(values) as unknown as GuestRecord;
}
