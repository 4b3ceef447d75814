import { expect, it } from 'vitest';
import { editDistance, nearestKey } from '../../../../main/adapters/files/nearest-key.ts';

const keys = ['id', 'name', 'cpus', 'memory', 'disk_size', 'kernel', 'network', 'tags'];

it.each([
  ['memroy', 'memory'],
  ['Memory', 'memory'],
  ['disk-size', 'disk_size'],
  ['disksize', 'disk_size'],
  ['cpu', 'cpus'],
  ['tag', 'tags'],
  ['netwrok', 'network'],
  ['frobnicate', null],
  ['x'.repeat(100_000), null],
])('%s means %s', (written, meant) => expect(nearestKey(written, keys)).toBe(meant));

it.each([
  ['', '', 0],
  ['abc', '', 3],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('%j and %j are %d letters apart', (from, to, distance) => expect(editDistance(from, to)).toBe(distance));
