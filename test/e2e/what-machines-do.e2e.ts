import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import type { Machine } from '../../main/contract/machine.ts';
import { appTest } from '../support/app-test.ts';
import { runCliProcess } from '../support/cli-process.ts';
import { eventually } from '../support/eventually.ts';
import { type TinyMachine, tinyMachine } from '../support/guests/tiny-machine.ts';
import type { RunningApp } from '../support/launch-app.ts';

/**
 * One guest burns its processor, one fills its disk: fleet, charts and CSV say what the guests' own tools say, within 3
 * points.
 */

interface Guests {
  readonly burner: TinyMachine;
  readonly filler: TinyMachine;
}

const test = appTest.extend<{ readonly guests: Guests }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the fixtures a fixture needs from this pattern
  guests: async ({}, use) => {
    const burner = await tinyMachine();
    const filler = await tinyMachine({ append: 'root=/dev/vda', diskMib: 128 });
    await use({ burner, filler });
    burner.dispose();
    filler.dispose();
  },
});

/** The shortest there is. */
const settings = '[collection]\ninterval_seconds = 10\ntimeout_seconds = 5\n';
const header =
  'timestamp,vm_name,cpu_percent,memory_percent,disk_percent,disk_read_bytes_per_second,disk_write_bytes_per_second,network_in_bytes_per_second,network_out_bytes_per_second,aggregation_level';
const points = 3;
const patience = 60_000;

test('fleet, charts and CSV agree with what the guests say of themselves', async ({ guests, home, launch }) => {
  writeFileSync(path.join(home, 'settings.toml'), settings, { mode: 0o600 });
  const app = await launch();
  const page = await app.window();
  const vigil = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runCliProcess(home, args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  const machine = async (name: string): Promise<Machine> => JSON.parse(await vigil('show', name, '--json'));
  for (const [name, guest] of Object.entries(guests)) await vigil('create', name, ...guest.createFlags);
  giveFileSystem(home, (await machine('filler')).id);
  for (const [name, guest] of Object.entries(guests)) {
    await vigil('start', name);
    await guest.booted();
    const watch = ['--interval', '10', '--timeout', '5', '--start-allowance', '0', '--trust-on-first-use'];
    await vigil('lifecycle', 'enable', name, ...watch, '--ssh-user', guest.user, '--ssh-key', guest.key.file);
  }

  const burning = guests.burner.run('burn-cpu 600').catch(() => undefined);
  await guests.filler.run('dd if=/dev/zero of=/big bs=1M count=64 2>/dev/null; sync');
  const disk = diskPercent(await guests.filler.run('df -k /'));
  const memory = memoryPercent(await guests.filler.run('free -k'));

  // In the fleet: the row of each, with its place among the busiest.
  await near('the processor of burner in the fleet', () => cell(page, 'burner', 'cpu'), 100);
  await near('the disk of filler in the fleet', () => cell(page, 'filler', 'disk'), disk);
  await near('the memory of filler in the fleet', () => cell(page, 'filler', 'memory'), memory);
  await eventually('sparklines', () => page.locator('[role=row] canvas').count(), patience);

  // On its page: value and line.
  await row(page, 'burner').getByRole('link', { name: 'burner' }).click();
  const chart = page.getByRole('figure', { name: 'CPU' });
  await near('the processor of burner on its page', () => percentIn(chart.locator('.chart-now').textContent()), 100);
  await eventually('a line', () => chart.locator('svg path.recharts-curve').count(), patience);

  // In the file that the window saves, and in the one that the command line does: what was seen, to the digit.
  const saved = path.join(home, 'burner.csv');
  await answerSaving(app, saved);
  await page.getByRole('button', { name: 'CSV' }).click();
  await eventually('the file', () => existsSync(saved), patience);
  const rows = rowsOf(readFileSync(saved, 'utf8'));
  const last = rows.filter(({ cpu_percent }) => cpu_percent !== '').at(-1);
  expect(Math.abs(Number(last?.cpu_percent) - 100)).toBeLessThanOrEqual(points);
  expect(last).toMatchObject({ vm_name: 'burner', aggregation_level: 'raw' });
  const exported = path.join(home, 'exported.csv');
  await vigil('monitor', 'history', 'burner', '--export', exported);
  expect(rowsOf(readFileSync(exported, 'utf8'))).toContainEqual(last);
  await vigil('stop', 'burner', '--force');
  await burning;
});

function giveFileSystem(home: string, id: string): void {
  const raw = path.join(home, 'disk.raw');
  execFileSync('truncate', ['-s', '128M', raw]);
  execFileSync('/usr/sbin/mkfs.ext4', ['-q', '-F', raw]);
  execFileSync('qemu-img', [
    ...['convert', '-f', 'raw', '-O', 'qcow2', raw],
    path.join(home, 'machines', id, 'disk.qcow2'),
  ]);
}

const row = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'Machines' }).getByRole('row').filter({ hasText: name });

function cell(page: Page, name: string, column: string): Promise<number> {
  return percentIn(row(page, name).locator(`.col-${column}`).first().textContent({ timeout: 5000 }));
}

/** `97.3 %` as 97.3; not a number where there is none. */
async function percentIn(text: Promise<string | null>): Promise<number> {
  return Number(/(\d+(?:\.\d+)?)/.exec((await text) ?? '')?.[1] ?? Number.NaN);
}

async function near(what: string, seen: () => Promise<number>, truth: number): Promise<void> {
  let last = Number.NaN;
  await eventually(
    `${what}: ${truth.toFixed(1)} %`,
    async () => {
      last = await seen();
      return Math.abs(last - truth) <= points;
    },
    patience,
  ).catch((cause: unknown) => {
    throw new Error(`${what}: Vigil says ${last} %, the guest ${truth.toFixed(1)} %`, { cause });
  });
}

function diskPercent(df: string): number {
  const [, used, free] = /\s\d+\s+(\d+)\s+(\d+)\s+\d+%\s+\/$/m.exec(df) ?? [];
  return (Number(used) / (Number(used) + Number(free))) * 100;
}

function memoryPercent(free: string): number {
  const [, total, available] = /^Mem:\s+(\d+)\s+.*?(\d+)$/m.exec(free) ?? [];
  return ((Number(total) - Number(available)) / Number(total)) * 100;
}

function rowsOf(csv: string): readonly Record<string, string>[] {
  const [first = '', ...lines] = csv.trimEnd().split(/\r?\n/);
  expect(first).toBe(header);
  const names = first.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at] ?? '', value])));
}

/** A person who saves under this name. */
function answerSaving(app: RunningApp, filePath: string): Promise<void> {
  return app.inMain(({ dialog }, chosen) => {
    dialog.showSaveDialog = (async () => ({ canceled: false, filePath: chosen })) as typeof dialog.showSaveDialog;
  }, filePath);
}
