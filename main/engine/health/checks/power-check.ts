import { stateWords } from '../../../contract/state-words.ts';
import { type Check, good, unknowable } from './check.ts';

/** Whether it is switched on, as its hypervisor tells. */
export const powerCheck: Check = {
  method: 'power',
  subjects: ({ power }) => (power === null ? [] : [null]),
  run: async (_subject, { watched: { power } }) =>
    power === 'running'
      ? good('It is switched on.')
      : unknowable(`Its state is: ${power === null ? 'unknown' : stateWords[power].toLowerCase()}.`),
};
