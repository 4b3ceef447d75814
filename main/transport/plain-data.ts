import { types } from 'node:util';
import { VigilError } from '../contract/failure.ts';

/** Size of one input, counted roughly as its JSON. */
export const inputLimitBytes = 1_048_576;
const depthLimit = 32;
/** Keys that reach behind an object. No input of ours has a field of that name. */
const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Copies what a stranger handed over into plain JSON data, running none of its code: no getter, no `toJSON`, no proxy
 * trap. Throws `bad-input`, naming the field, for anything that is no JSON or is larger than 1 MiB or deeper than 32.
 * Keys whose value is undefined are left out, as JSON does.
 */
export function plainCopy(value: unknown): unknown {
  const budget = { bytes: inputLimitBytes };
  return copy(value, [], budget);
}

function copy(value: unknown, path: readonly string[], budget: { bytes: number }): unknown {
  switch (typeof value) {
    case 'string':
      spend(budget, Buffer.byteLength(value) + 3, path);
      return value;
    case 'boolean':
    case 'undefined':
      spend(budget, 5, path);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw refusal(path, 'Not a number that can be written down.');
      spend(budget, 8, path);
      return value;
    case 'object':
      return value === null ? null : copyObject(value, path, budget);
    default:
      throw refusal(path, `A ${typeof value} is no data.`);
  }
}

function copyObject(value: object, path: readonly string[], budget: { bytes: number }): unknown {
  if (types.isProxy(value)) throw refusal(path, 'A proxy is no data.');
  if (path.length >= depthLimit) throw refusal(path.slice(0, 4), `Nested deeper than ${depthLimit} levels.`);
  spend(budget, 2, path);
  if (Array.isArray(value)) return copyArray(value, path, budget);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Any realm's Object.prototype will do: it is the one with nothing behind it.
  const isPlain = prototype === null || (!types.isProxy(prototype) && Object.getPrototypeOf(prototype) === null);
  if (!isPlain) throw refusal(path, 'Only plain objects, lists, text, numbers, true, false and null are data.');
  const result: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') throw refusal(path, 'A symbol is no key.');
    spend(budget, Buffer.byteLength(key) + 4, path);
    const keyPath = [...path, key.length > 64 ? `${key.slice(0, 64)}…` : key];
    if (reservedKeys.has(key)) throw refusal(keyPath, `Unknown field '${key}'.`);
    const field = copy(ownValue(value, key, keyPath), keyPath, budget);
    if (field !== undefined) result[key] = field;
  }
  return result;
}

function copyArray(list: readonly unknown[], path: readonly string[], budget: { bytes: number }): unknown[] {
  // Asked before the loop: a list can claim four thousand million elements and hold none.
  if (list.length > budget.bytes / 2) throw tooLarge(path);
  const result: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const elementPath = [...path, String(index)];
    spend(budget, 2, path);
    result.push(copy(ownValue(list, String(index), elementPath), elementPath, budget));
  }
  return result;
}

function ownValue(holder: object, key: string, path: readonly string[]): unknown {
  const descriptor = Reflect.getOwnPropertyDescriptor(holder, key);
  if (descriptor === undefined) return undefined;
  if (!('value' in descriptor)) throw refusal(path, 'A computed field is no data.');
  return descriptor.value as unknown;
}

function spend(budget: { bytes: number }, bytes: number, path: readonly string[]): void {
  budget.bytes -= bytes;
  if (budget.bytes < 0) throw tooLarge(path);
}

function tooLarge(path: readonly string[]): VigilError {
  return refusal(path, 'The input is larger than 1 MiB.');
}

function refusal(path: readonly string[], sentence: string): VigilError {
  return new VigilError('bad-input', sentence, path.length === 0 ? {} : { field: path.join('.') });
}
