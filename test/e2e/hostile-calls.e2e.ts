import type { ElectronApplication, Page } from 'playwright';
import { expect } from 'vitest';
import { type CallName, calls } from '../../main/contract/calls.ts';
import type { Outcome } from '../../main/contract/outcome.ts';
import { appTest } from '../support/app-test.ts';
import { eventually } from '../support/eventually.ts';
import { hostileCalls } from '../support/hostile-inputs.ts';

const batch = 100;

appTest('no hostile call from the page is handled, none does harm', async ({ launch }) => {
  const app = await launch({ trace: false, expectProblems: true });
  const page = await app.window();
  const status = () => callFrom(page, 'engine.status', {});
  await eventually('an engine behind the page', async () => (await status()).ok);
  const before = await footprint(page);

  const wired = hostileCalls(3000).filter(({ isJson }) => isJson);
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
  const names = Object.keys(calls);
  const unwired = await callWithWhatJsonCannotCarry(page, names);
  expect(handled).toEqual([]);
  expect(unwired.handled).toEqual([]);
  expect(wired.length + unwired.count).toBeGreaterThanOrEqual(2000);

  expect(await footprint(page)).toEqual(before);
  expect(await status()).toMatchObject({ ok: true });
  expect(await longestPauseWhile(app.electron, () => callAll(page, hugeCalls()))).toBeLessThan(1000);
});

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
function callWithWhatJsonCannotCarry(page: Page, names: readonly string[]) {
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
      'a long list': new Array(2_000_000).fill(0),
      'a megabyte': { machine: 'x'.repeat(2 * 1024 * 1024) },
      boxed: new String('demo'),
      surrogate: { machine: '\ud800', extra: 1 },
      number: 7,
      text: 'demo',
      list: [{ machine: 'demo' }],
    };
    const handled: string[] = [];
    let count = 0;
    for (const name of callNames) {
      for (const [about, value] of Object.entries(values)) {
        count += 1;
        const outcome = await vigil.call(name, value).catch(() => null);
        // A set, a date or an element may arrive as the empty object; that is a right input where none is asked for.
        const isEmpty =
          callsWithoutInput().includes(name) &&
          [
            'set',
            'date',
            'error',
            'promise',
            'proxy',
            'getter',
            'an element',
            'the window',
            'blob',
            'a method',
            'expression',
            'map',
          ].includes(about);
        if (outcome?.ok === true && !isEmpty) handled.push(`${name}: ${about}`);
      }
    }
    return { handled, count };

    function callsWithoutInput(): readonly string[] {
      return [
        'engine.status',
        'engine.notices',
        'host.describe',
        'machine.list',
        'operation.list',
        'settings.get',
        'journal.list',
        'desktop.attach',
      ];
    }
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

function hugeCalls() {
  return Array.from({ length: 10 }, () => ({
    name: 'machine.rehearse',
    input: { draft: { name: 'x'.repeat(5 * 1024 * 1024) } },
  }));
}

/** In ms: how long the main process did nothing else. */
async function longestPauseWhile(electron: ElectronApplication, action: () => Promise<unknown>): Promise<number> {
  await electron.evaluate(() => {
    const state = { longest: 0, last: performance.now() };
    const timer = setInterval(() => {
      state.longest = Math.max(state.longest, performance.now() - state.last);
      state.last = performance.now();
    }, 5);
    Object.assign(globalThis, { pauses: { state, timer } });
  });
  await action();
  return await electron.evaluate(() => {
    const { pauses } = globalThis as unknown as { pauses: { state: { longest: number }; timer: NodeJS.Timeout } };
    clearInterval(pauses.timer);
    return pauses.state.longest;
  });
}
