import type { CallContext, Handlers } from '../../contract/calls.ts';
import type { CheckScript } from '../../contract/check-script.ts';
import { VigilError } from '../../contract/failure.ts';
import type { WatchConfig, WatchPatch } from '../../contract/lifecycle.ts';
import type { Happening, Ledger } from '../journal/ledger.ts';
import type { HookScripts } from '../ports/hook-scripts.ts';
import type { LifecycleFile, LifecycleReading } from '../ports/lifecycle-file.ts';
import { checkApproveHint } from './check-approve-hint.ts';
import type { HookApprovals } from './hook-approvals.ts';
import { type Examined, lookedAtHash, soundHash, standingOf } from './script-standing.ts';

export type CheckScriptHandlerName =
  | 'check-script.get'
  | 'check-script.set'
  | 'check-script.clear'
  | 'check-script.approve';

export interface CheckScriptPorts {
  readonly ledger: Ledger;
  readonly scripts: HookScripts;
  readonly file: LifecycleFile;
  readonly approvals: HookApprovals;
  readonly keeper: {
    of(machine: string): WatchConfig | undefined;
    take(reading: LifecycleReading): void;
  };
  /** Every machine and host. */
  machines(): readonly { readonly id: string; readonly provider: string }[];
  /** The machine or host a person means; throws `not-found`. */
  resolve(reference: string): { readonly id: string; readonly name: string };
}

type Checked = { readonly id: string; readonly name: string };

/** What a person does with scripts that check. They run under the rules of hooks: the same gate, the same approvals. */
export function createCheckScriptHandlers(ports: CheckScriptPorts): Pick<Handlers, CheckScriptHandlerName> {
  const { approvals, file, keeper, ledger, scripts } = ports;

  const scriptOf = async (machine: Checked, path: string): Promise<CheckScript> => {
    const { found, text } = await lookAt(scripts, path);
    const standing = standingOf(found, approvals.of(path), checkApproveHint(machine.name, path));
    return { machine: machine.name, machineId: machine.id, path, text, ...standing };
  };

  const about = (
    machine: Checked,
    by: CallContext,
    path: string,
  ): Pick<Happening, 'actor' | 'machine' | 'details'> => ({
    actor: 'user',
    machine: { id: machine.id, name: machine.name },
    details: { path, user: by.user, face: by.face },
  });

  const approve = async (machine: Checked, path: string, sha256: string, by: CallContext): Promise<void> => {
    const { change, keep } = approvals.prepare(path, sha256, by.user);
    const common = about(machine, by, path);
    await ledger.commit([change], {
      ...common,
      action: 'hook.approved',
      summary: `${path} was approved as it is now.`,
      details: { ...common.details, sha256 },
    });
    keep();
  };

  const change = async (machine: Checked, patch: WatchPatch, by: CallContext, summary: string): Promise<void> => {
    // A script is no wish to be watched: a machine that nobody watches stays so. A host is there to be watched.
    const isHost = ports.machines().some(({ id, provider }) => id === machine.id && provider === 'ssh');
    const isUnwatched = keeper.of(machine.name) === undefined && !isHost;
    keeper.take(await file.change(machine.name, { ...patch, ...(isUnwatched ? { enabled: false } : {}) }));
    ledger.record([], { ...about(machine, by, patch.check_script ?? ''), action: 'watch.changed', summary });
  };

  return {
    'check-script.get': async ({ machine: reference }) => {
      const machine = ports.resolve(reference);
      const path = keeper.of(machine.name)?.check_script;
      return path === undefined ? null : scriptOf(machine, path);
    },
    'check-script.set': async ({ machine: reference, path }, by) => {
      const machine = ports.resolve(reference);
      const before = keeper.of(machine.name)?.check_script;
      await approve(machine, path, await soundHash(scripts, path), by);
      if (before !== path) {
        await change(machine, { check_script: path }, by, `The script that checks '${machine.name}' is ${path} now.`);
      }
      return scriptOf(machine, path);
    },
    'check-script.clear': async ({ machine: reference }, by) => {
      const machine = ports.resolve(reference);
      if (keeper.of(machine.name)?.check_script !== undefined) {
        await change(machine, { check_script: null }, by, `No script checks '${machine.name}' any more.`);
      }
      return null;
    },
    'check-script.approve': async ({ machine: reference, sha256 }, by) => {
      const machine = ports.resolve(reference);
      const path = keeper.of(machine.name)?.check_script;
      if (path === undefined) {
        throw new VigilError('not-found', `No script checks '${machine.name}'.`, {
          hint: `Name one with: vigil lifecycle check-script ${machine.name} PATH`,
        });
      }
      await approve(machine, path, await lookedAtHash(scripts, path, sha256), by);
      return scriptOf(machine, path);
    },
  };
}

/** The text and the hash of the same bytes, so that what is approved is what was seen. */
async function lookAt(
  scripts: HookScripts,
  path: string,
): Promise<{ readonly found: Examined; readonly text: string | null }> {
  try {
    const { text, sha256 } = await scripts.read(path);
    return { found: { kind: 'sound', sha256 }, text };
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    // It may not be read, or is a program that is no text: the gate says which.
    return { found: await scripts.examine(path), text: null };
  }
}
