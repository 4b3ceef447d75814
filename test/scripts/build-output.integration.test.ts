import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

it("the app's entry is loaded by require and waits for a few shared lines alone; the engine comes later, beside it", async () => {
  const { main } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  expect(main).toBe('out/main/electron.cjs');
  await run(projectNode(), ['--check', path.join(root, main)]);
  const entry = loadsOf(path.basename(main));
  // What the entry shares with what is loaded later: small, and nothing big comes with it.
  const atOnce = entry.filter(({ isLater }) => !isLater).map(({ file }) => file);
  expect(atOnce).toContainEqual(expect.stringMatching(/^app-rolldown-runtime-.+\.cjs$/));
  for (const file of atOnce) {
    expect([file, statSync(path.join(built, file)).size < 8192]).toEqual([file, true]);
    for (const further of loadsOf(file)) expect(atOnce).toContain(further.file);
  }
  const later = new Set(entry.filter(({ isLater }) => isLater).map(({ file }) => file));
  expect([...later]).toContainEqual(expect.stringMatching(/^app-assemble-.+\.cjs$/));
  for (const file of later) expect(readdirSync(built)).toContain(file);
});

it('the engine begins without what speaks SSH: that comes when it is asked for', () => {
  const engine = readdirSync(built).find((file) => /^app-assemble-.+\.cjs$/.test(file)) ?? '';
  const [waiting, atOnce] = [true, false].map((when) =>
    loadsOf(engine)
      .filter(({ isLater }) => isLater === when)
      .map(({ file }) => file),
  );
  expect(waiting).toContainEqual(expect.stringMatching(/^app-open-ssh-.+\.cjs$/));
  const text = [engine, ...(atOnce ?? [])].map((file) => readFileSync(path.join(built, file), 'utf8')).join('\n');
  expect(['startEngine', 'OpenSSHAgent'].filter((word) => text.includes(word))).toEqual(['startEngine']);
});

/** Files of ours that a built file loads, at once or when it is asked to. */
function loadsOf(file: string): readonly { readonly file: string; readonly isLater: boolean }[] {
  const text = readFileSync(path.join(built, file), 'utf8');
  return (
    [...text.matchAll(/(.{0,30})\brequire\("(\.[^"]*)"\)/g)]
      // A package may ask for a native part it can do without; whether there is one, it finds out by trying.
      .filter(([, , other]) => !other?.endsWith('.node'))
      .map(([, before = '', other = '']) => ({
        file: path.basename(other),
        isLater: before.endsWith('.then(() => '),
      }))
  );
}

it('what a window loads before its first picture is a few kilobytes, and nothing is shown before it has run', () => {
  const page = readFileSync(path.join(assets, '..', 'index.html'), 'utf8');
  const atOnce = [...page.matchAll(/(?:src|href)="\.\/assets\/([^"]+\.js)"/g)].map(([, file = '']) => file);
  expect(atOnce).toEqual([expect.stringMatching(/^index-/), expect.stringMatching(/^first-picture-/)]);
  expect(page).toMatch(/<script type="module" blocking="render" /);
  const text = atOnce.map(readAsset).join('\n');
  expect(text.length).toBeLessThan(16_000);
  expect(atOnce.flatMap(importsOf)).toEqual([atOnce[1]]);
});

it('what a window loads before the fleet is minified, and has no charts, editors, terminals or other pages in it', () => {
  const first = readdirSync(assets).filter((file) => /^main-.+\.js$/.test(file));
  expect(first).toHaveLength(1);
  const all = new Set(first);
  for (const file of all) for (const imported of importsOf(file)) all.add(imported);
  const text = [...all].map(readAsset).join('\n');
  expect(text.length).toBeLessThan(800_000);
  const found = ['fleet-body', 'recharts', 'cm-editor', 'xterm', 'alert_rules.yaml'].filter((word) =>
    text.includes(word),
  );
  expect(found).toEqual(['fleet-body']);
  expect(readdirSync(assets)).toContainEqual(expect.stringMatching(/^later-page-.+\.js$/));
});

const assets = path.join(out, 'renderer', 'assets');

function readAsset(file: string): string {
  return readFileSync(path.join(assets, file), 'utf8');
}

/** What is loaded with a chunk, not when it is asked to. */
function importsOf(file: string): readonly string[] {
  return [...readAsset(file).matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g)].map(([, imported = '']) => imported);
}

it.each([path.join('out', 'main', 'cli.mjs'), path.join('main', 'cli', 'main.ts')])(
  '%s starts without a word of Node about its kind',
  async (file) => {
    const { stdout, stderr } = await run(projectNode(), [path.join(root, file), '--version']);
    expect([stdout.trim(), stderr]).toEqual([version, '']);
  },
);
