import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HookRig } from './hook-rounds.ts';

export interface SwapFindings {
  readonly runs: number;
  /** Runs of bytes that nobody approved. */
  readonly unapproved: number;
  readonly approved: number;
  /** Runs that were refused, changed bytes among them. */
  readonly refused: number;
}

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

/** `run` is what is put to the test: given a path and the approved hash, it may run approved bytes only. */
export async function raceSwaps(
  rig: HookRig,
  runs: number,
  run: (file: string, sha256: string) => Promise<string>,
): Promise<SwapFindings> {
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
  const racing = spawn(process.execPath, ['-e', racer, rig.folder, text('good'), text('evil')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => racing.once('exit', resolve));
  let next = 0;
  let refused = 0;
  try {
    await new Promise((resolve) => racing.stdout.once('data', resolve));
    const worker = async (): Promise<void> => {
      while (next < runs) {
        const file = layouts[next++ % layouts.length] ?? '';
        if ((await run(path.join(rig.folder, file), good.sha256)) !== 'ran') refused += 1;
      }
    };
    await Promise.all(Array.from({ length: 4 }, worker));
  } finally {
    racing.kill('SIGKILL');
    await ended;
  }
  const count = async (name: string) => (await readFile(saidBy(name), 'utf8').catch(() => '')).length / 2;
  await writeFile(evil.path, '');
  return { runs: next, unapproved: await count('evil'), approved: await count('good'), refused };
}
