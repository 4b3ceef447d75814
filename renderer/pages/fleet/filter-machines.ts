import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff, isUp, severityOf } from '../../../main/contract/machine-condition.ts';
import { stateWordOf } from '../../../main/contract/state-words.ts';
import { providerWords } from '../../format/words.ts';

/**
 * A filter as a person types it: words that must all be found, in any order. `tag:`, `state:`, `provider:` and `is:`
 * look in one place only.
 */
export function machineFilter(text: string): (machine: Machine) => boolean {
  const tests = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(testOf);
  return (machine) => tests.every((test) => test(machine));
}

function testOf(word: string): (machine: Machine) => boolean {
  const [, key, value] = /^(tag|state|provider|is):(.+)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) return (machine) => haystack(machine).includes(word);
  switch (key) {
    case 'tag':
      return ({ tags }) => tags.some((tag) => tag.toLowerCase() === value);
    case 'state':
      return ({ state }) => state === value;
    case 'provider':
      return ({ provider }) => provider === value;
    default:
      return conditions[value] ?? (() => false);
  }
}

const conditions: Readonly<Record<string, (machine: Machine) => boolean>> = {
  unhealthy: (machine) => severityOf(machine, undefined) === 'critical',
  degraded: (machine) => severityOf(machine, undefined) === 'warning' && !isPaidWhileOff(machine),
  billed: isPaidWhileOff,
  unknown: (machine) => severityOf(machine, undefined) === 'unknown',
  up: isUp,
  down: (machine) => !isUp(machine),
};

function haystack(machine: Machine): string {
  const { name, tags, state, provider, address, forwards, id, group, region, size, azure } = machine;
  const ports = forwards.map(({ host }) => String(host));
  const places = [address, group, region, size, azure?.session].map((place) => place ?? '');
  return [name, ...tags, stateWordOf(machine), state, providerWords[provider], ...places, ...ports, id.slice(0, 8)]
    .join('\n')
    .toLowerCase();
}
