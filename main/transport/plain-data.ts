import { types } from 'node:util';
import { VigilError } from '../contract/failure.ts';

/** Size of one input, counted roughly as its JSON. */
export const inputLimitBytes = 1_048_576;
const depthLimit = 32;
/** Fields of one object or elements of one list. Asked before they are walked, which is what takes time. */
const entryLimit = 10_000;
/** Keys that reach behind an object. No input of ours has a field of that name. */
const reservedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Copies what a stranger handed over into plain JSON data, running none of its code: no getter, no `toJSON`, no proxy
 * trap. Throws `bad-input`, naming the field, for anything that is no JSON, or larger than 1 MiB, deeper than 32 levels or
 * wider than 10,000 entries. Keys whose value is undefined are left out, as JSON does.
 */
export function plainCopy(value: unknown): unknown {
  const budget = { bytes: inputLimitBytes };
  return copy(value, [], budget);
}

/** `path` is one list for the whole walk: where the walk stands now. */
function copy(value: unknown, path: string[], budget: { bytes: number }): unknown {
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

function copyObject(value: object, path: string[], budget: { bytes: number }): unknown {
  if (types.isProxy(value)) throw refusal(path, 'A proxy is no data.');
  if (path.length >= depthLimit) throw refusal(path.slice(0, 4), `Nested deeper than ${depthLimit} levels.`);
  spend(budget, 2, path);
  if (Array.isArray(value)) return copyArray(value, path, budget);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Any realm's Object.prototype will do: it is the one with nothing behind it.
  const isPlain = prototype === null || (!types.isProxy(prototype) && Object.getPrototypeOf(prototype) === null);
  if (!isPlain) throw refusal(path, 'Only plain objects, lists, text, numbers, true, false and null are data.');
  const result: Record<string, unknown> = {};
  const keys = Reflect.ownKeys(value);
  if (keys.length > entryLimit) throw tooMany(path);
  for (const key of keys) {
    if (typeof key === 'symbol') throw refusal(path, 'A symbol is no key.');
    spend(budget, Buffer.byteLength(key) + 4, path);
    path.push(key.length > 64 ? `${key.slice(0, 64)}…` : key);
    if (reservedKeys.has(key)) throw refusal(path, `Unknown field '${key}'.`);
    const field = copy(ownValue(value, key, path), path, budget);
    if (field !== undefined) result[key] = field;
    path.pop();
  }
  return result;
}

function copyArray(list: readonly unknown[], path: string[], budget: { bytes: number }): unknown[] {
  // Also a list that claims four thousand million elements and holds none.
  if (list.length > entryLimit) throw tooMany(path);
  const result: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const key = String(index);
    spend(budget, 2, path);
    path.push(key);
    result.push(copy(ownValue(list, key, path), path, budget));
    path.pop();
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

function tooMany(path: readonly string[]): VigilError {
  return refusal(path, `More than ${entryLimit} entries.`);
}

function tooLarge(path: readonly string[]): VigilError {
  return refusal(path, 'The input is larger than 1 MiB.');
}

function refusal(path: readonly string[], sentence: string): VigilError {
  return new VigilError('bad-input', sentence, path.length === 0 ? {} : { field: path.join('.') });
}
