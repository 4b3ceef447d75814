import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Outcome } from '../../main/contract/outcome.ts';
import { appTest as base } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';

/** A terminal program of the test's own, first on the search path of everything that is started. */
const appTest = base.extend<{ readonly terminal: { words(): readonly string[] | null } }>({
  terminal: async ({ home }, use) => {
    const folder = path.join(home, 'bin');
    const heard = path.join(folder, 'heard');
    mkdirSync(folder, { recursive: true });
    const script = `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done > '${heard}.new'\nmv '${heard}.new' '${heard}'\n`;
    writeFileSync(path.join(folder, 'x-terminal-emulator'), script, { mode: 0o755 });
    const { PATH: before } = process.env;
    process.env.PATH = `${folder}${path.delimiter}${before}`;
    await use({
      words: () => {
        try {
          return readFileSync(heard, 'utf8').trimEnd().split('\n');
        } catch {
          return null;
        }
      },
    });
    process.env.PATH = before;
  },
});

appTest(
  "the page opens the person's terminal with ssh by naming a machine, and by nothing else",
  async ({ launch, terminal }) => {
    const app = await launch({ trace: false });
    const page = await app.window();
    const call = (name: string, input: unknown): Promise<Outcome> =>
      page.evaluate(`window.vigil.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`);
    await eventually('an engine behind the page', async () => (await call('engine.status', {})).ok);
    const host = { name: 'pi', address: '192.0.2.7', port: 2022, user: 'ada', trustOnFirstUse: false };
    expect(await call('host.add', host)).toMatchObject({ ok: true });

    const refused = await call('desktop.open-terminal', { machine: 'pi', command: ['id'] });
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(await call('desktop.open-terminal', { machine: 'nobody' })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
    expect(terminal.words()).toBeNull();

    expect(await call('desktop.open-terminal', { machine: 'pi' })).toEqual({ ok: true, value: null });
    const words = await eventually('the terminal', terminal.words);
    expect(words.slice(0, 6)).toEqual(['-e', 'ssh', '-p', '2022', '-l', 'ada']);
    expect(words.at(-1)).toBe('192.0.2.7');
  },
);
