import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { ProcessIdentity, ScriptOptions } from '../../engine/ports/processes.ts';
import { isProcessAlive, readBootId, readProcessStat } from './process-table.ts';

/** Between the looks that together say: nothing is left. */
const defaultSureMs = [5, 20, 50];
/** How long a look may hold up everything else at a stretch. */
const stretchMs = 5;

/** A script and all that it started, wherever that moved to: whatever lives and carries the mark in its environment. */
export interface ScriptFamily {
  /** One look. It can miss a process that its parent made, before it ended itself, while the list was read. */
  look(): Promise<readonly ProcessIdentity[]>;
  /** What the last look found. */
  readonly found: readonly ProcessIdentity[];
  /** False only when look after look, so far apart, found nothing. Costs next to nothing while one that was found before lives. */
  isAlive(sureMs?: readonly number[]): Promise<boolean>;
}

/**
 * `sinceTicks`: nothing of it started before, in clock ticks since the computer came up. On a busy computer this is what
 * makes a look cheap: of the hundreds of processes only those few that are younger than the script are asked for more.
 */
export function createScriptFamily(mark: ScriptOptions['mark'], sinceTicks = 0): ScriptFamily {
  const sign = `${mark.name}=${mark.value}`;
  /** Start times of processes that do not carry the mark; none gets it later on, because only descent hands it down. */
  let strangers = new Map<number, number>();
  let found: readonly ProcessIdentity[] = [];

  const look = async (): Promise<readonly ProcessIdentity[]> => {
    const family: ProcessIdentity[] = [];
    const others = new Map<number, number>();
    const bootId = readBootId();
    let until = performance.now() + stretchMs;
    for (const name of readdirSync('/proc')) {
      if (!/^[1-9]\d*$/.test(name)) continue;
      if (performance.now() > until) {
        await nextTurn();
        until = performance.now() + stretchMs;
      }
      const pid = Number(name);
      const stat = readProcessStat(pid);
      if (stat === null || stat.startTime < sinceTicks) continue;
      const { startTime } = stat;
      const isOurs = strangers.get(pid) === startTime ? false : hasSign(pid, sign);
      if (isOurs === false) others.set(pid, startTime);
      if (isOurs === true) family.push({ pid, startTime, bootId });
    }
    strangers = others;
    found = family;
    return family;
  };

  return {
    look,
    get found() {
      return found;
    },
    isAlive: async (sureMs = defaultSureMs) => {
      if (found.some(isProcessAlive)) return true;
      for (const waitMs of sureMs) {
        if ((await look()).length > 0) return true;
        await pause(waitMs);
      }
      return (await look()).length > 0;
    },
  };
}

/** Null when that cannot be told: it has just gone, belongs to another account, or is becoming another program. */
function hasSign(pid: number, sign: string): boolean | null {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return environment === '' ? null : environment.split('\0').includes(sign);
  } catch {
    return null;
  }
}
