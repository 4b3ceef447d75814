import type { Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { Tag } from '../../contract/machine.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { AzureDesk } from './azure-desk.ts';

/** The calls of Azure, and those verbs of every machine that a machine of Azure has in a way of its own. */
export type AzureHandlers = AzureDesk['handlers'] &
  Pick<
    Handlers,
    | 'machine.start'
    | 'machine.stop'
    | 'machine.restart'
    | 'machine.screenshot'
    | 'machine.tag'
    | 'machine.protect'
    | 'snapshot.take'
  >;

export function createAzureHandlers(azure: AzureDesk, fleet: Fleet): AzureHandlers {
  const local = fleet.handlers;
  const { verbs } = azure;
  return {
    ...azure.handlers,
    'machine.start': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['machine.start'](input, by) : verbs.start(remote, by);
    },
    'machine.stop': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['machine.stop'](input, by) : verbs.stop(remote, input.force, by);
    },
    'machine.restart': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['machine.restart'](input, by) : verbs.restart(remote, by);
    },
    'machine.screenshot': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['machine.screenshot'](input, by) : azure.screenshot(remote);
    },
    'machine.protect': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['machine.protect'](input, by) : verbs.protect(remote, input.protected, by);
    },
    'machine.tag': (input, by) => {
      const remote = azure.find(input.machine);
      if (remote !== undefined) return verbs.tag(remote, input, by);
      if (!Tag.safeParse(input.tag).success) {
        throw new VigilError('bad-input', 'A tag is 1 to 32 letters, digits, + . _ or -.', { field: 'tag' });
      }
      return local['machine.tag'](input, by);
    },
    'snapshot.take': (input, by) => {
      const remote = azure.find(input.machine);
      return remote === undefined ? local['snapshot.take'](input, by) : verbs.snapshot(remote, input.name, by);
    },
  };
}

/** For a verb that a machine of Azure does not have. */
export function refuseAzureVerb(name: string): never {
  throw new VigilError('refused', `'${name}' is a machine of Azure: this cannot be done to it from here.`, {
    field: 'machine',
    hint: 'See `vigil show` for what is possible.',
  });
}
