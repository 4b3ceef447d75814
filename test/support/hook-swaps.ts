import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { stageScript } from '../../main/adapters/hooks/stage-script.ts';
import type { HookRig } from './hook-rounds.ts';

/** What became of races against somebody who swaps the script. */
export interface SwapCounts {
  approved: number;
  /** Of bytes that nobody approved. */
  unapproved: number;
  /** Changed bytes among them. */
  refused: number;
}

export interface SwapFindings {
  readonly races: number;
  /** Raced up to the copy that would run: its bytes were then compared with the approved ones. */
  readonly decided: SwapCounts;
  /** Raced to the end: the script told itself which bytes ran. */
  readonly executed: SwapCounts;
}

/** What is put to the test. */
export interface Raced {
  /** The file that would be run for it, or null when nothing would. It is removed afterwards. */
  decide(file: string, approved: string): Promise<string | null>;
  /** Whether it was run. */
  execute(file: string, approved: string): Promise<boolean>;
}

/** A process start takes a hundred times what a decision takes, and decides nothing: one race of so many has one. */
const executedOneIn = 20;

/** Another process, at full speed: swaps file, link and folder by name, and bytes in place. */
const racer = `
const { renameSync, writeFileSync, symlinkSync, rmSync, mkdirSync, chmodSync } = require('node:fs');
const [folder, good, evil] = process.argv.slice(1);
const quiet = (act) => { try { act(); } catch {} };
const put = (file, text) => { writeFileSync(file + '.new', text, { mode: 0o700 }); renameSync(file + '.new', file); };
process.stdout.write('ready');
for (let turn = 0; ; turn += 1) {
  const text = turn % 2 === 0 ? evil : good;
  quiet(() => put(folder + '/plain.sh', text));
  quiet(() => writeFileSync(folder + '/inplace.sh', text));
  quiet(() => { symlinkSync(turn % 2 === 0 ? 'evil.sh' : 'good.sh', folder + '/link.new'); renameSync(folder + '/link.new', folder + '/link.sh'); });
  quiet(() => { renameSync(folder + '/parent', folder + '/aside'); renameSync(folder + '/other', folder + '/parent'); renameSync(folder + '/aside', folder + '/other'); });
}`;

const layouts = ['plain.sh', 'inplace.sh', 'link.sh', 'parent/hook.sh'];

export async function raceSwaps(rig: HookRig, races: number, raced: Raced): Promise<SwapFindings> {
  const saidBy = (name: string) => path.join(rig.folder, `${name}.said`);
  const text = (name: string) => `#!/bin/sh\necho x >> '${saidBy(name)}'\n`;
  const good = await rig.write('good.sh', text('good'));
  const evil = await rig.write('evil.sh', text('evil'));
  for (const name of ['plain.sh', 'inplace.sh']) await rig.write(name, text('good'));
  await symlink('good.sh', path.join(rig.folder, 'link.sh'));
  for (const [folder, name] of [
    ['parent', 'good'],
    ['other', 'evil'],
  ] as const) {
    await mkdir(path.join(rig.folder, folder), { mode: 0o700 });
    await rig.write(`${folder}/hook.sh`, text(name));
  }
  const decided: SwapCounts = { approved: 0, unapproved: 0, refused: 0 };
  const executed: SwapCounts = { approved: 0, unapproved: 0, refused: 0 };

  const race = async (file: string, isExecuted: boolean): Promise<void> => {
    if (isExecuted) {
      if (!(await raced.execute(file, good.sha256))) executed.refused += 1;
      return;
    }
    const copy = await raced.decide(file, good.sha256);
    if (copy === null) {
      decided.refused += 1;
      return;
    }
    const sha256 = createHash('sha256')
      .update(await readFile(copy))
      .digest('hex');
    decided[sha256 === good.sha256 ? 'approved' : 'unapproved'] += 1;
    await rm(path.dirname(copy), { recursive: true });
  };

  const racing = spawn(process.execPath, ['-e', racer, rig.folder, text('good'), text('evil')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => racing.once('exit', resolve));
  let next = 0;
  try {
    await new Promise((resolve) => racing.stdout.once('data', resolve));
    const worker = async (): Promise<void> => {
      while (next < races) {
        const turn = next;
        next += 1;
        const file = path.join(rig.folder, layouts[turn % layouts.length] ?? '');
        await race(file, Math.floor(turn / layouts.length) % executedOneIn === 0);
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
  } finally {
    racing.kill('SIGKILL');
    await ended;
  }
  const told = async (name: string) => (await readFile(saidBy(name), 'utf8').catch(() => '')).length / 2;
  executed.approved = await told('good');
  executed.unapproved = await told('evil');
  await writeFile(evil.path, '');
  return { races: next, decided, executed };
}

/** As the product does it. */
export function racedAsShipped(rig: HookRig): Raced {
  return {
    decide: async (file, approved) => {
      const staging = await stageScript(path.join(rig.folder, 'home', 'hook-runs'), file, approved);
      return staging.kind === 'staged' ? staging.file : null;
    },
    execute: async (file, sha256) => (await rig.run({ path: file, sha256 }, 5000)).kind === 'ran',
  };
}

/** The fault that all this is about: the file is examined, and what lies there afterwards is what runs. */
export function racedByPath(rig: HookRig): Raced {
  const isApproved = async (file: string, approved: string) => {
    const examined = await rig.scripts.examine(file);
    return examined.kind === 'sound' && examined.sha256 === approved;
  };
  return {
    decide: async (file, approved) => {
      if (!(await isApproved(file, approved))) return null;
      const copy = path.join(await mkdtemp(path.join(rig.folder, 'copy-')), 'hook.sh');
      return copyFile(file, copy).then(
        () => copy,
        () => null,
      );
    },
    execute: async (file, approved) => {
      if (!(await isApproved(file, approved))) return false;
      // Being written at this moment it cannot be run, which Node throws at once.
      try {
        await promisify(execFile)(file, { timeout: 5000 });
        return true;
      } catch {
        return false;
      }
    },
  };
}
