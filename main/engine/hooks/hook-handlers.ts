import type { CallContext, Handlers } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import { type Hook, type HookEvent, type HookRun, hookEvents } from '../../contract/hook.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { HookScripts } from '../ports/hook-scripts.ts';
import type { LifecycleFile } from '../ports/lifecycle-file.ts';
import type { HookApprovals } from './hook-approvals.ts';
import type { HookDeskPorts, HookedMachine } from './hook-desk.ts';
import { approveHint } from './hook-run-outcome.ts';
import { lookedAtHash, soundHash, standingOf } from './script-standing.ts';

export type HookHandlerName =
  | 'hook.list'
  | 'hook.set'
  | 'hook.clear'
  | 'hook.approve'
  | 'hook.test'
  | 'hook.runs'
  | 'hook.run'
  | 'hook.read'
  | 'hook.write';

export interface HookHandlerPorts extends Pick<HookDeskPorts, 'keeper' | 'machines' | 'resolve' | 'store' | 'home'> {
  readonly ledger: Ledger;
  readonly scripts: HookScripts;
  readonly file: LifecycleFile;
  readonly approvals: HookApprovals;
  test(machine: HookedMachine, event: HookEvent, path: string): Promise<HookRun>;
}

/** What a person does with hooks. Whoever names a script, or writes one, approves the bytes it has then. */
export function createHookHandlers(ports: HookHandlerPorts): Pick<Handlers, HookHandlerName> {
  const { keeper, ledger, scripts, approvals } = ports;

  const named = (reference: string): HookedMachine => {
    const { id, name } = ports.resolve(reference);
    return { id, name, provider: ports.machines().find((each) => each.id === id)?.provider ?? 'qemu' };
  };
  const pathOf = (machine: HookedMachine, event: HookEvent): string => {
    const path = keeper.of(machine.name)?.hooks[event] ?? '';
    if (path !== '') return path;
    throw new VigilError('not-found', `'${machine.name}' has no hook ${event}.`, {
      field: 'event',
      hint: `Set one with: vigil lifecycle hook ${machine.name} ${event} PATH`,
    });
  };

  const hookOf = async (
    machine: { readonly id: string | null; readonly name: string },
    event: HookEvent,
    path: string,
  ): Promise<Hook> => {
    const standing = standingOf(
      await scripts.examine(path),
      approvals.of(path),
      approveHint(machine.name, event, path),
    );
    return { machine: machine.name, machineId: machine.id, event, path, ...standing };
  };

  /** Names the script for the event, where that is new, and approves these bytes. */
  const adopt = async (
    machine: HookedMachine,
    event: HookEvent,
    path: string,
    sha256: string,
    by: CallContext,
  ): Promise<Hook> => {
    const before = keeper.of(machine.name);
    const about = {
      actor: 'user',
      machine: { id: machine.id, name: machine.name },
      details: { event, path, sha256, user: by.user, face: by.face },
    } as const;
    const { change, keep } = approvals.prepare(path, sha256, by.user);
    await ledger.commit([change], {
      ...about,
      action: 'hook.approved',
      summary: `${path} was approved as it is now.`,
    });
    keep();
    if (before?.hooks[event] !== path) {
      // A script is no wish to be checked: a machine that nobody watches stays so.
      if (before === undefined && machine.provider !== 'ssh') {
        keeper.take(await ports.file.change(machine.name, { enabled: false }));
      }
      keeper.take(await ports.file.setHook(machine.name, event, path));
      ledger.record([], {
        ...about,
        action: 'hook.changed',
        summary: `The hook ${event} of '${machine.name}' is ${path} now.`,
      });
    }
    return hookOf(machine, event, path);
  };

  return {
    'hook.list': async ({ machine: reference }) => {
      const only = reference === undefined ? null : named(reference);
      const machines = ports.machines();
      const found: Hook[] = [];
      for (const name of only === null ? keeper.names() : [only.name]) {
        const hooks = keeper.of(name)?.hooks ?? {};
        const id = machines.find((each) => each.name === name)?.id ?? null;
        for (const event of hookEvents) {
          const path = hooks[event] ?? '';
          if (path !== '') found.push(await hookOf({ id, name }, event, path));
        }
      }
      return found;
    },
    'hook.set': async ({ machine: reference, event, path }, by) => {
      const machine = named(reference);
      return adopt(machine, event, path, await soundHash(scripts, path), by);
    },
    'hook.clear': async ({ machine: reference, event }, by) => {
      const machine = named(reference);
      const path = keeper.of(machine.name)?.hooks[event] ?? '';
      if (path === '') return null;
      keeper.take(await ports.file.setHook(machine.name, event, null));
      ledger.record([], {
        action: 'hook.changed',
        actor: 'user',
        machine: { id: machine.id, name: machine.name },
        summary: `'${machine.name}' has no hook ${event} any more.`,
        details: { event, path, user: by.user, face: by.face },
      });
      return null;
    },
    'hook.approve': async ({ machine: reference, event, sha256 }, by) => {
      const machine = named(reference);
      const path = pathOf(machine, event);
      return adopt(machine, event, path, await lookedAtHash(scripts, path, sha256), by);
    },
    'hook.test': async ({ machine: reference, event }) => {
      const machine = named(reference);
      return ports.test(machine, event, pathOf(machine, event));
    },
    'hook.runs': async ({ machine: reference, limit }) => {
      const machineId = reference === undefined ? undefined : named(reference).id;
      await ledger.flush();
      const runs = await ports.store.readHookRuns({ machineId, limit });
      return runs.map(({ stdout: _out, stderr: _err, environment: _given, ...run }) => run);
    },
    'hook.run': async ({ run: id }) => {
      await ledger.flush();
      const run = await ports.store.readHookRun(id);
      if (run === null) throw new VigilError('not-found', 'There is no such run of a hook.', { field: 'run' });
      return run;
    },
    'hook.read': async ({ machine: reference, event }) => {
      const path = pathOf(named(reference), event);
      const { text } = await scripts.read(path);
      return { path, text };
    },
    'hook.write': async ({ machine: reference, event, text }, by) => {
      const machine = named(reference);
      const known = keeper.of(machine.name)?.hooks[event] ?? '';
      const path = known === '' ? `${ports.home}/hooks/${machine.id}/${event}.sh` : known;
      return adopt(machine, event, path, await scripts.write(path, text), by);
    },
  };
}
