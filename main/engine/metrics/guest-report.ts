import type { Reading } from '../ports/reading.ts';

/**
 * What a Linux guest says of itself: one constant command, read by a pure parser. It starts no process in the guest, reads
 * no further than it must and speaks once at the end, for each of these costs more than all the rest; it works in a
 * busybox shell. Each part is introduced by a mark, so that a missing one is missing and nothing else.
 */
export const guestRoutineCommand = [
  "o=; n='\n'",
  'take() { o="$o=vigil= $1$n"; while IFS= read -r l; do o="$o$l$n"; case $l in $2) break;; esac; done <"$1"; }',
  "take /proc/stat 'cpu *'",
  "take /proc/meminfo 'MemAvailable:*'",
  'take /proc/net/dev',
  'take /proc/diskstats',
  'take /proc/sys/kernel/random/boot_id',
  'printf %s "$o"',
].join('; ');

/** The same and how full the file system is, which only a process of its own can tell. */
export const guestReportCommand = `${guestRoutineCommand}; echo "=vigil= df"; df -kP /`;

/** A reading from the command's output; null where it does not look like one at all. */
export function readGuestReport(output: string, takenAtMs: number): Reading | null {
  const parts = partsOf(output);
  const epoch = parts.get('/proc/sys/kernel/random/boot_id')?.[0]?.trim() ?? '';
  const cpu = cpuOf(parts.get('/proc/stat'));
  if (cpu === null) return null;
  const disks = disksOf(parts.get('/proc/diskstats'));
  const network = networkOf(parts.get('/proc/net/dev'));
  return {
    takenAtMs,
    epoch,
    cpu,
    memoryPercent: memoryOf(parts.get('/proc/meminfo')),
    diskPercent: fileSystemOf(parts.get('df')),
    diskReadBytes: disks?.read ?? null,
    diskWriteBytes: disks?.written ?? null,
    networkInBytes: network?.received ?? null,
    networkOutBytes: network?.sent ?? null,
  };
}

const mark = '=vigil= ';

function partsOf(output: string): ReadonlyMap<string, readonly string[]> {
  const parts = new Map<string, string[]>();
  let present: string[] | null = null;
  for (const line of output.split('\n')) {
    if (line.startsWith(mark)) {
      present = [];
      parts.set(line.slice(mark.length).trim(), present);
    } else if (line !== '') {
      present?.push(line);
    }
  }
  return parts;
}

/** First line of /proc/stat: user nice system idle iowait irq softirq steal; guest time is part of user already. */
function cpuOf(lines: readonly string[] | undefined): Reading['cpu'] {
  const fields = lines
    ?.find((line) => line.startsWith('cpu '))
    ?.trim()
    .split(/\s+/)
    .slice(1, 9)
    .map(Number);
  if (fields === undefined || fields.length < 4 || fields.some(Number.isNaN)) return null;
  const total = fields.reduce((sum, field) => sum + field, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: total - idle, total };
}

/** Caches can be given back, so they are not counted as used. */
function memoryOf(lines: readonly string[] | undefined): number | null {
  const kib = (name: string): number | null => {
    const found = lines?.find((line) => line.startsWith(`${name}:`));
    const value = Number(found?.split(/\s+/)[1]);
    return found === undefined || Number.isNaN(value) ? null : value;
  };
  const total = kib('MemTotal');
  const available = kib('MemAvailable');
  return total === null || available === null || total <= 0 ? null : ((total - available) / total) * 100;
}

/** As `df` itself counts: used of what a user can have. */
function fileSystemOf(lines: readonly string[] | undefined): number | null {
  const fields = lines?.at(-1)?.trim().split(/\s+/) ?? [];
  const used = Number(fields[2]);
  const available = Number(fields[3]);
  return fields.length < 6 || Number.isNaN(used) || Number.isNaN(available) || used + available <= 0
    ? null
    : (used / (used + available)) * 100;
}

/** Whole disks only: partitions, loops and device-mapper would count the same bytes again. Sectors are 512 bytes. */
function disksOf(lines: readonly string[] | undefined): { read: number; written: number } | null {
  if (lines === undefined) return null;
  let read = 0;
  let written = 0;
  for (const line of lines) {
    const fields = line.trim().split(/\s+/);
    if (!/^(?:[sv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(fields[2] ?? '')) continue;
    const sectorsRead = Number(fields[5]);
    const sectorsWritten = Number(fields[9]);
    if (Number.isNaN(sectorsRead) || Number.isNaN(sectorsWritten)) continue;
    read += sectorsRead * 512;
    written += sectorsWritten * 512;
  }
  return { read, written };
}

/** Everything that leaves or enters the machine. */
function networkOf(lines: readonly string[] | undefined): { received: number; sent: number } | null {
  if (lines === undefined) return null;
  let received = 0;
  let sent = 0;
  let seen = false;
  for (const line of lines) {
    const [name, counters] = line.split(':');
    if (counters === undefined || name === undefined) continue;
    seen = true;
    if (/^(?:lo|docker|veth|br-|virbr|tun|tap)/.test(name.trim())) continue;
    const fields = counters.trim().split(/\s+/).map(Number);
    received += fields[0] ?? 0;
    sent += fields[8] ?? 0;
  }
  return seen && Number.isFinite(received) && Number.isFinite(sent) ? { received, sent } : null;
}
