import { describe, expect, test } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { parseHeadlessOptions } from '../../../main/headless/command-line.ts';
import { type HostedEngine, runHeadless } from '../../../main/headless/run-headless.ts';

/** A headless host whose engine and signals a test holds in its hands. */
function rig(assemble: () => Promise<HostedEngine>) {
  const said: string[] = [];
  const listeners = new Set<(signal: string) => void>();
  const signal = (name: string) => {
    for (const listener of listeners) listener(name);
  };
  const exit = runHeadless({
    home: '/home/ada/.vigil',
    assemble,
    say: (line) => said.push(line),
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { exit, said, listeners, signal };
}

const never = new Promise<void>(() => undefined);

describe('a headless engine', () => {
  test('that is signalled stops in order and exits 0', async () => {
    let stops = 0;
    const host = rig(async () => ({
      shutdownRequested: never,
      stop: async () => {
        stops += 1;
      },
    }));
    host.signal('SIGTERM');
    expect(await host.exit).toBe(0);
    expect(stops).toBe(1);
    expect(host.said[1]).toBe('ending after SIGTERM; machines go on running');
    expect(host.listeners.size).toBe(0);
  });

  test('that is asked through a call stops the same way', async () => {
    const host = rig(async () => ({ shutdownRequested: Promise.resolve(), stop: async () => undefined }));
    expect(await host.exit).toBe(0);
  });

  test('signalled twice ends at once with 1, though its stop hangs', async () => {
    const host = rig(async () => ({ shutdownRequested: never, stop: () => never }));
    host.signal('SIGINT');
    host.signal('SIGINT');
    expect(await host.exit).toBe(1);
    expect(host.said.at(-1)).toBe('told twice: ending at once');
  });

  test('whose home another engine holds says who, and exits 1', async () => {
    const host = rig(() => Promise.reject(new VigilError('conflict', 'Process 7 has it.', { hint: 'Stop it first.' })));
    expect(await host.exit).toBe(1);
    expect(host.said).toEqual(['Process 7 has it. Stop it first.']);
  });

  test('that fails for an unknown reason leaves the stack in its log', async () => {
    const host = rig(() => Promise.reject(new TypeError('boom')));
    expect(await host.exit).toBe(1);
    expect(host.said[0]).toMatch(/could not start: TypeError: boom\n\s+at /);
  });
});

test('the command line of the headless engine takes a home and nothing else', () => {
  expect(parseHeadlessOptions(['--home', '/x'])).toEqual({ home: '/x' });
  expect(parseHeadlessOptions([])).toEqual({ home: undefined });
  expect(() => parseHeadlessOptions(['--foo'])).toThrow(VigilError);
  expect(() => parseHeadlessOptions(['stray'])).toThrow(VigilError);
});
