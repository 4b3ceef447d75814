import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Connection } from '../../../main/contract/connection.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import { saveCsv, suggestedName } from '../../../main/electron/save-csv.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vigil-csv-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pieces: Readonly<Record<string, unknown>> = {
  first: { text: 'timestamp,vm_name\n1,web\n', rows: 1, next: 'guest raw 1' },
  'guest raw 1': { text: '2,web\n', rows: 1, next: null },
};
const asked: unknown[] = [];
function engine(answer: (after: string) => unknown = (after) => pieces[after]): Connection {
  asked.length = 0;
  const call = async (name: string, input: { readonly after?: string }) => {
    if (name === 'machine.get') return { machine: { id: 'id-of-web', name: 'web' } };
    asked.push(input);
    return answer(input.after ?? 'first');
  };
  return { call: call as Connection['call'], subscribe: () => () => {} };
}
const input = {
  machine: 'web',
  source: 'guest',
  from: '2026-03-10T20:30:15.000Z',
  to: '2026-03-17T20:30:15.000Z',
} as const;

it('writes every piece into the file that the person named, for them alone', async () => {
  const suggested: string[] = [];
  const file = path.join(folder, 'week.csv');
  const ask = async (name: string) => {
    suggested.push(name);
    return file;
  };
  expect(await saveCsv({ connection: engine(), ask }, input)).toEqual({ saved: true, rows: 2 });
  expect(await readFile(file, 'utf8')).toBe('timestamp,vm_name\n1,web\n2,web\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(suggested).toEqual(['web-2026-03-10.csv']);
  expect(asked).toEqual([
    { ...input, machine: 'id-of-web' },
    { ...input, machine: 'id-of-web', after: 'guest raw 1' },
  ]);
});

it('reads nothing for a person who would rather not', async () => {
  expect(await saveCsv({ connection: engine(), ask: async () => null }, input)).toEqual({ saved: false, rows: 0 });
  expect(asked).toEqual([]);
});

it('leaves neither half a file nor a draft when the engine goes in the middle', async () => {
  const failing = engine((after) => {
    if (after === 'first') return pieces.first;
    throw new VigilError('unreachable', 'The engine has gone.');
  });
  const saving = saveCsv({ connection: failing, ask: async () => path.join(folder, 'week.csv') }, input);
  await expect(saving).rejects.toThrow('The engine has gone.');
  expect(await readdir(folder)).toEqual([]);
});

it('says which file cannot be written', async () => {
  const file = path.join(folder, 'missing', 'week.csv');
  const saving = saveCsv({ connection: engine(), ask: async () => file }, input);
  await expect(saving).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(file) });
});

it('suggests a name that stays in its folder, whatever a machine is called', () => {
  expect(suggestedName('../../etc/passwd', '2026-03-10T00:00:00Z')).toBe('_.._etc_passwd-2026-03-10.csv');
  expect(suggestedName('...', '2026-03-10T00:00:00Z')).toBe('machine-2026-03-10.csv');
});
