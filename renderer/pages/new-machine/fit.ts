import type { HostDescription } from '../../../main/contract/engine-status.ts';
import { mebibytes } from '../../format/sizes.ts';

/** Whether the machine finds room: what is promised, what it asks for, what there is. */
export interface Fit {
  readonly name: 'Memory' | 'CPUs' | 'Disk';
  readonly verdict: 'fits' | 'tight' | 'refused' | 'unsaid';
  /** `fits, 2.5 GiB left`. */
  readonly words: string;
  /** The sum in words, with what the engine enforces. */
  readonly sum: string;
  /** Parts of the bar, 0 to 1. */
  readonly promised: number;
  readonly asked: number;
  /** Where the bar's real size ends; null when the bar is the real size. */
  readonly tick: number | null;
}

export interface Asked {
  readonly cpus: number | null;
  readonly memoryMib: number | null;
  readonly diskMib: number | null;
}

/** Less than this share left is tight. */
const tightShare = 0.1;

export function fitsOf(asked: Asked, host: HostDescription): readonly Fit[] {
  return [memoryFit(asked.memoryMib, host), cpuFit(asked.cpus, host), diskFit(asked.diskMib, host)];
}

function memoryFit(asked: number | null, host: HostDescription): Fit {
  const most = host.capacity.maxMemoryMib;
  const reserve = host.memoryMib - most;
  const kept = reserve > 0 ? ` (${mebibytes(reserve)} is kept for this computer)` : '';
  return fitOf({
    name: 'Memory',
    asked,
    promised: host.promisedMemoryMib,
    most,
    real: host.memoryMib,
    say: mebibytes,
    over: 'more than is free now',
    of: (promised, own) => `${promised} promised + ${own} of ${mebibytes(most)}${kept}`,
  });
}

function cpuFit(asked: number | null, host: HostDescription): Fit {
  const most = host.capacity.maxCpus;
  return fitOf({
    name: 'CPUs',
    asked,
    promised: host.promisedCpus,
    most,
    real: host.cpus,
    say: String,
    over: 'shared with those that run',
    of: (promised, own) =>
      `${promised} promised + ${own} of ${most} (${host.cpus} threads${most > host.cpus ? `, times ${(most / host.cpus).toFixed(1)}` : ''})`,
  });
}

function diskFit(asked: number | null, host: HostDescription): Fit {
  return fitOf({
    name: 'Disk',
    asked,
    promised: 0,
    most: host.capacity.maxDiskMib,
    real: host.diskFreeMib,
    say: mebibytes,
    over: 'more than is free',
    of: (_promised, own) => `${own} of ${mebibytes(host.diskFreeMib)} free; a disk grows as it fills`,
  });
}

interface Measure {
  readonly name: Fit['name'];
  readonly asked: number | null;
  readonly promised: number;
  /** What the engine lets one machine have. */
  readonly most: number;
  /** What the computer really has. */
  readonly real: number;
  say(amount: number): string;
  /** What it means when the sum goes beyond `most` while the machine alone would not. */
  readonly over: string;
  of(promised: string, own: string): string;
}

function fitOf({ name, asked, promised, most, real, say, over, of }: Measure): Fit {
  const whole = Math.max(most, real, promised + (asked ?? 0), 1);
  const common = {
    name,
    promised: promised / whole,
    asked: (asked ?? 0) / whole,
    tick: real < whole ? real / whole : null,
  };
  if (asked === null) return { ...common, verdict: 'unsaid', words: '', sum: of(say(promised), '?') };
  const sum = of(say(promised), say(asked));
  if (asked > most) return { ...common, verdict: 'refused', words: `at most ${say(most)}`, sum };
  const left = most - promised - asked;
  if (left < 0) return { ...common, verdict: 'tight', words: over, sum };
  const isTight = left < most * tightShare;
  return {
    ...common,
    verdict: isTight ? 'tight' : 'fits',
    words: `${isTight ? 'tight' : 'fits'}, ${left === 0 ? 'nothing' : say(left)} left`,
    sum,
  };
}
