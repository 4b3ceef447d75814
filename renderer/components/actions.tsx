import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { VigilError } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { operationWords } from '../../main/contract/operation-words.ts';
import type { Snapshot } from '../../main/contract/snapshot.ts';
import { useClient } from '../client/client-context.tsx';
import { go, machineHref } from '../route.ts';
import {
  DeallocateDialog,
  DeleteInAzureDialog,
  RedeployDialog,
  ResizeDialog,
  StopOrDeallocateDialog,
  TagsDialog,
} from './azure-dialogs.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { ForceStopDialog } from './force-stop-dialog.tsx';
import { ForeignText } from './foreign-text.tsx';
import type { ShownVerb } from './machine-verbs.ts';
import { CloneDialog, RenameDialog, SnapshotDialog } from './name-dialogs.tsx';
import { RemoveHostDialog } from './remove-host-dialog.tsx';
import { RunScriptDialog } from './run-script-dialog.tsx';
import { useToast } from './toasts.tsx';

export interface Actions {
  /** Does a verb to machines, asking first where something would be lost. */
  run(verb: ShownVerb, machines: readonly Machine[]): void;
  cancel(operation: Operation): void;
  /** `memory`: with the memory that is in it. */
  revert(machine: Machine, snapshot: Snapshot, memory: boolean): void;
  deleteSnapshot(machine: Machine, snapshot: Snapshot): void;
}

const ActionsContext = createContext<Actions | null>(null);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error('A verb stands outside of ActionsProvider.');
  return actions;
}

function isOfAzure({ provider }: Machine): boolean {
  return provider === 'azure';
}

type Question =
  | {
      readonly kind: 'delete' | 'force-stop' | 'remove' | 'stop-or-deallocate' | 'deallocate';
      readonly machines: readonly Machine[];
    }
  | {
      readonly kind:
        | 'snapshot'
        | 'clone'
        | 'rename'
        | 'delete-in-azure'
        | 'redeploy'
        | 'resize'
        | 'tags'
        | 'run-command';
      readonly machine: Machine;
    };

export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const { connection } = useClient();
  const toast = useToast();
  const [question, setQuestion] = useState<Question | null>(null);

  const report = useCallback(
    (error: unknown, machine: string, what: string) => {
      const known = error instanceof VigilError ? error : new VigilError('internal', String(error));
      toast({
        mark: 'crit',
        stays: true,
        text: (
          <>
            <b>
              {what} <ForeignText>{machine}</ForeignText>:
            </b>{' '}
            <ForeignText>{`${known.message}${known.hint === undefined ? '' : ` ${known.hint}`}`}</ForeignText>
          </>
        ),
      });
    },
    [toast],
  );

  const each = useCallback(
    (machines: readonly Pick<Machine, 'id' | 'name'>[], what: string, verb: (machine: string) => Promise<unknown>) => {
      for (const { id, name } of machines) verb(id).catch((error: unknown) => report(error, name, what));
    },
    [report],
  );

  const deallocate = useCallback(
    (machines: readonly Machine[]) =>
      each(machines, 'Deallocate', (machine) => connection.call('azure.deallocate', { machine })),
    [connection, each],
  );

  const undelete = useCallback((machine: string) => connection.call('machine.undelete', { machine }), [connection]);

  const actions = useMemo<Actions>(
    () => ({
      run: (verb, machines) => {
        const [first] = machines;
        if (first === undefined) return;
        switch (verb) {
          case 'start':
            return each(machines, 'Start', (machine) => connection.call('machine.start', { machine }));
          case 'stop': {
            const remote = machines.filter(isOfAzure);
            if (remote.length > 0) setQuestion({ kind: 'stop-or-deallocate', machines: remote });
            const local = machines.filter((machine) => !isOfAzure(machine));
            return each(local, 'Stop', (machine) => connection.call('machine.stop', { machine }));
          }
          case 'deallocate': {
            // What is off already loses nothing that runs: one press ends what it costs.
            const off = machines.filter(({ state }) => state === 'stopped');
            const up = machines.filter(({ state }) => state !== 'stopped');
            if (up.length > 0) setQuestion({ kind: 'deallocate', machines: up });
            return deallocate(off);
          }
          case 'restart':
            return each(machines, 'Restart', (machine) => connection.call('machine.restart', { machine }));
          case 'delete': {
            const remote = machines.find(isOfAzure);
            if (remote === undefined) return setQuestion({ kind: 'delete', machines });
            if (machines.length === 1) return setQuestion({ kind: 'delete-in-azure', machine: remote });
            return report(
              new VigilError('refused', 'it is in Azure, which has no bin. Delete such machines one by one.'),
              remote.name,
              'Delete',
            );
          }
          case 'force-stop':
          case 'remove':
            return setQuestion({ kind: verb, machines });
          case 'pause':
            return each(machines, 'Pause', (machine) => connection.call('machine.pause', { machine }));
          case 'resume':
            return each(machines, 'Resume', (machine) => connection.call('machine.resume', { machine }));
          case 'suspend':
            return each(machines, 'Suspend', (machine) => connection.call('machine.suspend', { machine }));
          case 'protect':
          case 'unprotect':
            return each(machines, verb === 'protect' ? 'Protect' : 'Unprotect', (machine) =>
              connection.call('machine.protect', { machine, protected: verb === 'protect' }),
            );
          case 'snapshot':
          case 'clone':
          case 'rename':
          case 'redeploy':
          case 'resize':
          case 'tags':
          case 'run-command':
            return setQuestion({ kind: verb, machine: first });
          case 'why':
            return go(machineHref(first.id, 'timeline'));
          case 'health':
            return go(machineHref(first.id, 'health'));
          case 'ssh':
            return each([first], 'Open SSH to', (machine) => connection.call('desktop.open-terminal', { machine }));
          case 'console':
            return go(machineHref(first.id, 'console'));
        }
      },
      revert: (machine, { name }, memory) =>
        each([machine], 'Revert', (id) => connection.call('snapshot.revert', { machine: id, snapshot: name, memory })),
      deleteSnapshot: (machine, { name }) =>
        each([machine], `Delete the snapshot ${name} of`, (id) =>
          connection.call('snapshot.delete', { machine: id, snapshot: name }),
        ),
      cancel: (operation) => {
        connection
          .call('operation.cancel', { operation: operation.id })
          .catch((error: unknown) =>
            report(error, operation.machine, `Cancel the ${operationWords[operation.kind].noun} of`),
          );
      },
    }),
    [connection, deallocate, each, report],
  );

  /** With the way back, where there is one. */
  const sayDeleted = useCallback(
    async (operation: Operation) => {
      const bin = await connection.call('machine.bin', {}).catch(() => []);
      const machine = operation.machineId;
      const isKept = bin.some(({ id }) => id === machine);
      toast({
        mark: 'ok',
        text: (
          <>
            <ForeignText>{operation.machine}</ForeignText> deleted
          </>
        ),
        ...(isKept
          ? {
              verb: {
                label: 'Undo',
                run: () => each([{ id: machine, name: operation.machine }], 'Bring back', undelete),
              },
            }
          : {}),
      });
    },
    [connection, each, toast, undelete],
  );

  useEffect(
    () =>
      connection.subscribe('operation.changed', (operation) => {
        if (operation.state === 'failed') {
          toast({
            mark: 'crit',
            stays: true,
            text: (
              <>
                <b>
                  {operationWords[operation.kind].doing} <ForeignText>{operation.machine}</ForeignText> failed.
                </b>{' '}
                <ForeignText>{operation.error?.message ?? ''}</ForeignText>
              </>
            ),
            verb: { label: 'Why', run: () => go(machineHref(operation.machineId, 'timeline')) },
          });
        }
        if (operation.state === 'done' && operation.kind === 'delete') void sayDeleted(operation);
      }),
    [connection, toast, sayDeleted],
  );

  return (
    <ActionsContext value={actions}>
      {children}
      {question?.kind === 'snapshot' ? (
        <SnapshotDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onTake={(name) =>
            each([question.machine], 'Take a snapshot of', (machine) =>
              connection.call('snapshot.take', { machine, name }),
            )
          }
        />
      ) : null}
      {question?.kind === 'clone' ? (
        <CloneDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onClone={(name, linked) =>
            each([question.machine], 'Clone', (machine) => connection.call('machine.clone', { machine, name, linked }))
          }
        />
      ) : null}
      {question?.kind === 'rename' ? (
        <RenameDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onRename={(name) =>
            each([question.machine], 'Rename', (machine) => connection.call('machine.rename', { machine, name }))
          }
        />
      ) : null}
      {question?.kind === 'stop-or-deallocate' ? (
        <StopOrDeallocateDialog
          machines={question.machines}
          onClose={() => setQuestion(null)}
          onStop={() => each(question.machines, 'Stop', (machine) => connection.call('machine.stop', { machine }))}
          onDeallocate={() => deallocate(question.machines)}
        />
      ) : null}
      {question?.kind === 'deallocate' ? (
        <DeallocateDialog
          machines={question.machines}
          onClose={() => setQuestion(null)}
          onDeallocate={() => deallocate(question.machines)}
        />
      ) : null}
      {question?.kind === 'redeploy' ? (
        <RedeployDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onRedeploy={() =>
            each([question.machine], 'Move', (machine) => connection.call('azure.redeploy', { machine }))
          }
        />
      ) : null}
      {question?.kind === 'resize' ? (
        <ResizeDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onResize={(size) =>
            each([question.machine], 'Change the size of', (machine) =>
              connection.call('azure.resize', { machine, size }),
            )
          }
        />
      ) : null}
      {question?.kind === 'tags' ? (
        <TagsDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onTag={(action, tag) =>
            each([question.machine], 'Change the tags of', (machine) =>
              connection.call('machine.tag', { machine, action, tag }),
            )
          }
        />
      ) : null}
      {question?.kind === 'run-command' ? (
        <RunScriptDialog machine={question.machine} onClose={() => setQuestion(null)} />
      ) : null}
      {question?.kind === 'delete-in-azure' ? (
        <DeleteInAzureDialog
          machine={question.machine}
          onClose={() => setQuestion(null)}
          onDelete={() =>
            each([question.machine], 'Delete', (machine) => connection.call('machine.delete', { machine, force: true }))
          }
        />
      ) : null}
      {question?.kind === 'remove' ? (
        <RemoveHostDialog
          hosts={question.machines}
          onClose={() => setQuestion(null)}
          onRemove={() => each(question.machines, 'Remove', (machine) => connection.call('host.remove', { machine }))}
        />
      ) : null}
      {question?.kind === 'delete' ? (
        <DeleteDialog
          machines={question.machines}
          onClose={() => setQuestion(null)}
          onDelete={(force) =>
            each(question.machines, 'Delete', (machine) => connection.call('machine.delete', { machine, force }))
          }
        />
      ) : null}
      {question?.kind === 'force-stop' ? (
        <ForceStopDialog
          machines={question.machines}
          onClose={() => setQuestion(null)}
          onStop={() =>
            each(question.machines, 'Force stop', (machine) =>
              connection.call('machine.stop', { machine, force: true }),
            )
          }
        />
      ) : null}
    </ActionsContext>
  );
}
