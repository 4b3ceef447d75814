import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { out, projectNode, root } from '../../scripts/project.mjs';

const run = promisify(execFile);
const built = path.join(out, 'main');
const version = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;

it('every built file names its own kind, because no package.json near it does', () => {
  expect(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).not.toHaveProperty('type');
  expect(readdirSync(built).filter((file) => !/\.[mc]js(\.map)?$/.test(file))).toEqual([]);
});

it("the app's entry is loaded by require and waits for nothing but the bundler’s own lines; the engine comes later, beside it", async () => {
  const { main } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(main).toBe('out/main/electron.cjs');
  await run(projectNode(), ['--check', path.join(root, main)]);
  const loads = [...readFileSync(path.join(root, main), 'utf8').matchAll(/(.{0,30})\brequire\("(\.[^"]*)"\)/g)]
    // A package may ask for a native part it can do without; whether there is one, it finds out by trying.
    .filter(([, , file]) => !file?.endsWith('.node'));
  const [atOnce, afterwards] = [
    loads.filter(([, before]) => !before?.endsWith('.then(() => ')),
    loads.filter(([, before]) => before?.endsWith('.then(() => ')),
  ];
  // The few lines of the bundler's own that every file shares; they load nothing further.
  expect(atOnce.map(([, , file]) => file)).toEqual([expect.stringMatching(/^\.\/app-rolldown-runtime-.+\.cjs$/)]);
  const shared = readFileSync(path.join(built, path.basename(atOnce[0]?.[2] ?? '')), 'utf8');
  expect(shared.length).toBeLessThan(4096);
  expect(shared).not.toMatch(/\brequire\("/);
  const later = new Set(afterwards.map(([, , file]) => file));
  expect([...later]).toEqual([expect.stringMatching(/^\.\/app-assemble-.+\.cjs$/)]);
  for (const file of later) expect(readdirSync(built)).toContain(path.basename(file ?? ''));
});

it.each([path.join('out', 'main', 'cli.mjs'), path.join('main', 'cli', 'main.ts')])(
  '%s starts without a word of Node about its kind',
  async (file) => {
    const { stdout, stderr } = await run(projectNode(), [path.join(root, file), '--version']);
    expect([stdout.trim(), stderr]).toEqual([version, '']);
  },
);
