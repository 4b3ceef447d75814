import { describe, expect, test, vi } from 'vitest';
import type { CallContext } from '../../../main/contract/calls.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import { createDispatcher } from '../../../main/transport/dispatcher.ts';
import { fakeHandlers } from '../../support/fake-handlers.ts';
import { goodInputs, hostileCalls } from '../../support/hostile-inputs.ts';
import { recordingLog } from '../../support/recording-log.ts';

const context: CallContext = { user: 'ada', face: 'cli' };

describe('a call', () => {
  test('reaches its handler parsed, with defaults filled in and the context of its face', async () => {
    const handlers = fakeHandlers({ 'journal.list': () => [] });
    const outcome = await createDispatcher(handlers, recordingLog()).dispatch('journal.list', {}, context);
    expect(outcome).toEqual({ ok: true, value: [] });
    expect(vi.mocked(handlers['journal.list']).mock.calls).toEqual([[{ limit: 10 }, context]]);
  });

  test('keys whose value is undefined count as absent', async () => {
    const handlers = fakeHandlers();
    await createDispatcher(handlers, recordingLog()).dispatch(
      'machine.list',
      { state: undefined, tag: 'web' },
      context,
    );
    expect(vi.mocked(handlers['machine.list']).mock.calls[0]?.[0]).toEqual({ tag: 'web' });
  });

  test.each([
    ['no.such.call', {}, { code: 'bad-input', message: "There is no call 'no.such.call'.", field: 'call' }],
    ['machine.get', { machine: '' }, { code: 'bad-input', message: 'Name a machine.', field: 'machine' }],
    [
      'machine.get',
      { machine: 'a', extra: 1 },
      { code: 'bad-input', message: "Unknown field 'extra'.", field: 'extra' },
    ],
    [
      'machine.create',
      { name: 'demo', forwards: [{ host: 1, guest: 0 }] },
      { code: 'bad-input', message: 'A port is 1 to 65535.', field: 'forwards.0.guest' },
    ],
    [
      'machine.create',
      { name: 'demo', forwards: [{ host: 1, guest: 1, via: 2 }] },
      { code: 'bad-input', message: "Unknown field 'via'.", field: 'forwards.0.via' },
    ],
    [
      'machine.create',
      { name: 'demo', forwards: [{ host: 1, guest: Number.NaN }] },
      { code: 'bad-input', message: 'Not a number that can be written down.', field: 'forwards.0.guest' },
    ],
  ])('%s with %j is refused, naming the field', async (name, input, error) => {
    const handlers = fakeHandlers();
    const outcome = await createDispatcher(handlers, recordingLog()).dispatch(name, input, context);
    expect(outcome).toEqual({ ok: false, error });
    expect(handlers.heard()).toEqual([]);
  });

  test('an input larger than 1 MiB is refused before it is parsed', async () => {
    const draft = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 'x'.repeat(60_000)]));
    const outcome = await createDispatcher(fakeHandlers(), recordingLog()).dispatch(
      'machine.rehearse',
      { draft },
      context,
    );
    expect(outcome).toMatchObject({ ok: false, error: { message: 'The input is larger than 1 MiB.' } });
  });
});

describe('a failure', () => {
  test('that was expected crosses with its code, field and hint, and is not logged', async () => {
    const log = recordingLog();
    const handlers = fakeHandlers({
      'machine.get': () => {
        throw new VigilError('not-found', 'No such machine.', { hint: 'demo-2', field: 'machine' });
      },
    });
    const outcome = await createDispatcher(handlers, log).dispatch('machine.get', { machine: 'demo' }, context);
    const error = { code: 'not-found', message: 'No such machine.', hint: 'demo-2', field: 'machine' };
    expect(outcome).toEqual({ ok: false, error });
    expect(log.lines).toEqual([]);
  });

  test('that is a bug becomes internal, under an id that the log knows', async () => {
    const log = recordingLog();
    const bug = new TypeError('x is undefined');
    const handlers = fakeHandlers({ 'engine.status': () => Promise.reject(bug) });
    const outcome = await createDispatcher(handlers, log).dispatch('engine.status', {}, context);
    const id = String(log.lines[0]?.fields?.id);
    expect(log.lines[0]?.fields?.error).toBe(bug);
    expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(outcome).toEqual({
      ok: false,
      error: {
        code: 'internal',
        message: 'Vigil made a mistake: x is undefined',
        hint: `The log says more under ${id}.`,
      },
    });
  });

  test.each([[undefined], [null], ['text'], [{ toString: null }], [Object.create(null)]])(
    'that throws %o is still an outcome',
    async (thrown) => {
      const handlers = fakeHandlers({ 'engine.status': () => Promise.reject(thrown) });
      const outcome = await createDispatcher(handlers, recordingLog()).dispatch('engine.status', {}, context);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'internal' } });
    },
  );
});

describe('hostile calls', () => {
  const hostile = hostileCalls(2000);

  test('are at least 2,000, over every call', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(2000);
    const names = new Set(hostile.map(({ name }) => name));
    expect(Object.keys(goodInputs).filter((name) => !names.has(name))).toEqual([]);
  });

  test('are all refused as bad input: no handler hears of one, nothing is logged as a bug', {
    timeout: 60_000,
  }, async () => {
    const log = recordingLog();
    const handlers = fakeHandlers();
    const dispatcher = createDispatcher(handlers, log);
    const wrong: string[] = [];
    for (const { name, input, about } of hostile) {
      const outcome = await dispatcher.dispatch(name, input, context);
      if (outcome.ok || outcome.error.code !== 'bad-input') wrong.push(about);
    }
    expect(wrong).toEqual([]);
    expect(handlers.heard()).toEqual([]);
    expect(log.lines).toEqual([]);
    expect(({} as Record<string, unknown>).force).toBeUndefined();
  });

  test('control: the good inputs they grow from all reach their handlers', async () => {
    const handlers = fakeHandlers();
    const dispatcher = createDispatcher(handlers, recordingLog());
    for (const [name, input] of Object.entries(goodInputs)) await dispatcher.dispatch(name, input, context);
    expect(handlers.heard()).toEqual(Object.keys(goodInputs));
  });
});
