import { expect, it, vi } from 'vitest';
import type { Connection } from '../../../main/contract/connection.ts';
import { VigilError } from '../../../main/contract/failure.ts';
import { openConsoleStream } from '../../../renderer/terminal/console-stream.ts';

interface Follow {
  readonly from?: number;
}

/** An engine whose console answers what it is told, one answer a question; the last question waits. */
function rig(answers: readonly (object | Error)[]) {
  const asked: Follow[] = [];
  const typed: string[] = [];
  const ears = { output: vi.fn(), dropped: vi.fn(), running: vi.fn(), failed: vi.fn() };
  const connection = {
    call: async (name: string, input: { readonly from?: number; readonly data?: string }) => {
      if (name === 'console.write') {
        typed.push(atob(input.data ?? ''));
        return null;
      }
      asked.push(input.from === undefined ? {} : { from: input.from });
      const answer = answers[asked.length - 1];
      if (answer === undefined) return new Promise(() => {});
      if (answer instanceof Error) throw answer;
      return answer;
    },
    subscribe: () => () => {},
  } as unknown as Connection;
  const stream = openConsoleStream(connection, 'm', ears);
  return { asked, typed, ears, stream };
}

const part = (text: string, from: number, over: object = {}) => ({
  data: btoa(text),
  from,
  to: from + text.length,
  dropped: 0,
  running: true,
  ...over,
});
const textOf = (call: unknown[] | undefined) => new TextDecoder().decode(call?.[0] as Uint8Array);

it('reads on from where it stands, byte by byte', async () => {
  const { asked, ears, stream } = rig([part('login: ', 100), part('ada', 107)]);
  await vi.waitFor(() => expect(asked).toHaveLength(3));
  expect(asked).toEqual([{}, { from: 107 }, { from: 110 }]);
  expect(ears.output.mock.calls.map(textOf)).toEqual(['login: ', 'ada']);
  stream.stop();
});

it('tells what went by unread, and begins anew with a log that was begun anew', async () => {
  const { asked, ears, stream } = rig([part('a', 500, { dropped: 42 }), part('x', 0, { to: 1 }), part('new', 0)]);
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  expect(ears.dropped).toHaveBeenCalledExactlyOnceWith(42);
  expect(asked[2]).toEqual({});
  expect(ears.output.mock.calls.map(textOf)).toEqual(['a', 'new']);
  stream.stop();
});

it('says that the engine is silent, and asks again where it stood', async () => {
  vi.useFakeTimers();
  const { asked, ears, stream } = rig([part('a', 0), new VigilError('unreachable', 'No engine.'), part('b', 1)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(ears.failed).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked.slice(0, 3)).toEqual([{}, { from: 1 }, { from: 1 }]);
  expect(ears.output.mock.calls.map(textOf)).toEqual(['a', 'b']);
  stream.stop();
  vi.useRealTimers();
});

it('types in order, in pieces that one call can carry, as UTF-8', async () => {
  const { typed, stream } = rig([]);
  stream.type('x'.repeat(4000));
  stream.type('ü');
  await vi.waitFor(() => expect(typed).toHaveLength(3));
  expect(typed.map(({ length }) => length)).toEqual([3072, 928, 2]);
  stream.stop();
  stream.type('late');
  await Promise.resolve();
  expect(typed).toHaveLength(3);
});
