import { vi } from 'vitest';
import { type CallName, calls, type Handlers } from '../../main/contract/calls.ts';

/** A spy behind every call. `answers` fills in what matters; the rest answer null. */
export function fakeHandlers(
  answers: Partial<Handlers> = {},
): Handlers & { readonly heard: () => readonly CallName[] } {
  const spies = Object.fromEntries(
    (Object.keys(calls) as CallName[]).map((name) => [name, vi.fn(answers[name] ?? (() => null))]),
  );
  const heard = () => (Object.keys(calls) as CallName[]).filter((name) => (spies[name]?.mock.calls.length ?? 0) > 0);
  return Object.assign(spies as unknown as Handlers, { heard });
}
