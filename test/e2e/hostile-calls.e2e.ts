import type { Page } from 'playwright';
import { expect } from 'vitest';
import { type CallName, calls } from '../../main/contract/calls.ts';
import type { Outcome } from '../../main/contract/outcome.ts';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { hostileCalls } from '../support/hostile-inputs.ts';
import type { RunningApp } from '../support/launch-app.ts';

const batch = 100;

appTest('no hostile call from the page is handled, none does harm', async ({ launch }) => {
  const app = await launch({ trace: false, expectProblems: true });
  const page = await app.window();
  const status = () => callFrom(page, 'engine.status', {});
  await eventually('an engine behind the page', async () => (await status()).ok);
  const before = await footprint(page);

  // The bridge strips a key named `__proto__` by itself; the next test hands it over behind the bridge.
  const wired = hostileCalls(3000).filter(
    ({ isJson, name, input }) => isJson && !JSON.stringify([name, input]).includes('"__proto__":'),
  );
  const handled: string[] = [];
  for (let at = 0; at < wired.length; at += batch) {
    const part = wired.slice(at, at + batch);
    const outcomes = await callAll(
      page,
      part.map(({ name, input }) => ({ name, input })),
    );
    outcomes.forEach((outcome, index) => {
      if (outcome.ok || outcome.error.code !== 'bad-input')
        handled.push(`${part[index]?.about}: ${JSON.stringify(outcome)}`);
    });
  }
  const unwired = await callWithWhatJsonCannotCarry(page);
  expect(handled).toEqual([]);
  expect(unwired.handled).toEqual([]);
  expect(wired.length + unwired.count).toBeGreaterThanOrEqual(2000);

  expect(await footprint(page)).toEqual(before);
  expect(await status()).toMatchObject({ ok: true });
});

appTest('no hostile call that reaches the main process is handled', async ({ launch }) => {
  const app = await launch({ args: [], trace: false, expectProblems: true });
  const page = await app.window();
  await eventually('an engine behind the page', async () => (await callFrom(page, 'engine.status', {})).ok);
  const before = await footprint(page);
  const list = hostileCalls(2000).filter(({ isJson }) => isJson);
  const outcomes: Outcome[] = [];
  for (let at = 0; at < list.length; at += batch) {
    const part = list.slice(at, at + batch).map(({ name, input }) => ({ name, input }));
    outcomes.push(...(await behindTheBridge(app, part)));
  }
  const handled = list.filter((_, index) => {
    const outcome = outcomes[index];
    return outcome === undefined || outcome.ok || outcome.error.code !== 'bad-input';
  });
  expect(handled.map(({ about }) => about)).toEqual([]);
  expect(await footprint(page)).toEqual(before);
});

/** As if the window's main frame had sent it. */
function behindTheBridge(
  app: RunningApp,
  list: readonly { name: unknown; input: unknown }[],
): Promise<readonly Outcome[]> {
  return app.inMain(({ BrowserWindow, ipcMain }, text) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const { _invokeHandlers: handlers } = ipcMain as unknown as {
      _invokeHandlers: Map<string, (event: unknown, ...args: unknown[]) => Promise<Outcome>>;
    };
    const handler = handlers.get('vigil:call');
    if (handler === undefined) throw new Error('no handler');
    const event = { sender: contents, senderFrame: contents?.mainFrame };
    return Promise.all(
      (JSON.parse(text) as { name: unknown; input: unknown }[]).map(({ name, input }) => handler(event, name, input)),
    );
  }, JSON.stringify(list));
}

function callFrom(page: Page, name: CallName, input: object): Promise<Outcome> {
  return page.evaluate(
    ([callName, text]) =>
      (window as unknown as { vigil: { call(name: string, input: unknown): Promise<Outcome> } }).vigil.call(
        callName,
        JSON.parse(text),
      ),
    [name, JSON.stringify(input)] as const,
  );
}

/** As text, so that a key like `__proto__` arrives as the key it is. */
function callAll(page: Page, list: readonly { name: unknown; input: unknown }[]): Promise<readonly Outcome[]> {
  return page.evaluate((text) => {
    const { vigil } = window as unknown as { vigil: { call(name: unknown, input: unknown): Promise<Outcome> } };
    return Promise.all(
      (JSON.parse(text) as { name: unknown; input: unknown }[]).map(({ name, input }) =>
        vigil
          .call(name, input)
          .catch((error: unknown): Outcome => ({ ok: false, error: { code: 'bad-input', message: String(error) } })),
      ),
    );
  }, JSON.stringify(list));
}

/** What only structured cloning can carry, or refuses to: made in the page, for every call. */
function callWithWhatJsonCannotCarry(page: Page) {
  const names = Object.entries(calls).map(([name, { input }]) => ({
    name,
    takesNothing: input.safeParse({}).success,
  }));
  return page.evaluate(async (callNames) => {
    const { vigil } = window as unknown as { vigil: { call(...input: unknown[]): Promise<Outcome> } };
    const cyclic: Record<string, unknown> = { machine: 'demo' };
    cyclic.self = cyclic;
    let deep: unknown = 'x';
    for (let level = 0; level < 5000; level += 1) deep = { deep };
    const values: Record<string, unknown> = {
      cyclic,
      deep: { deep },
      map: new Map([['machine', 'demo']]),
      set: new Set(['demo']),
      date: new Date(0),
      bytes: new Uint8Array(8),
      bigint: 10n,
      symbol: Symbol('demo'),
      function: () => ({}),
      'a method': { machine: () => 'demo' },
      expression: /demo/,
      error: new Error('demo'),
      promise: Promise.resolve({}),
      proxy: new Proxy({}, { ownKeys: () => ['machine'] }),
      getter: Object.defineProperty({}, 'machine', { enumerable: true, get: () => ({}) }),
      infinity: { limit: Number.POSITIVE_INFINITY, machine: Number.NaN },
      'an element': document.body,
      'the window': window,
      blob: new Blob(['x']),
      'a long list': new Array(200_000).fill(0),
      'a megabyte': { machine: 'x'.repeat(2 * 1024 * 1024) },
      boxed: new String('demo'),
      surrogate: { machine: '\ud800', extra: 1 },
      number: 7,
      text: 'demo',
      list: [{ machine: 'demo' }],
    };
    const arrivesEmpty = new Set([
      'map',
      'set',
      'date',
      'error',
      'promise',
      'proxy',
      'getter',
      'expression',
      'blob',
      'a method',
      'an element',
      'the window',
    ]);
    const handled: string[] = [];
    let count = 0;
    for (const { name, takesNothing } of callNames) {
      for (const [about, value] of Object.entries(values)) {
        count += 1;
        // The bridge itself refuses some kinds, and throws.
        const outcome = await Promise.resolve()
          .then(() => vigil.call(name, value))
          .catch(() => null);
        // A set or an element may arrive as an empty object: a right input where nothing need be said.
        if (outcome?.ok === true && !(takesNothing && arrivesEmpty.has(about))) handled.push(`${name}: ${about}`);
      }
    }
    return { handled, count };
  }, names);
}

/** What a call that got through could have changed. */
async function footprint(page: Page) {
  const [machines, journal, settings] = [
    await callFrom(page, 'machine.list', {}),
    await callFrom(page, 'journal.list', { limit: 1000 }),
    await callFrom(page, 'settings.get', {}),
  ];
  return { machines, journal, settings };
}
