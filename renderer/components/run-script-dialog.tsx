import { useState } from 'react';
import { AzureScript } from '../../main/contract/azure.ts';
import { failureOf } from '../../main/contract/failure.ts';
import type { Machine } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';
import { useClient } from '../client/client-context.tsx';
import { visibleText } from '../format/visible-text.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import { faultsOfSchema } from './field-fault.ts';
import { ForeignText } from './foreign-text.tsx';
import { LinesField } from './lines-field.tsx';
import { Mark } from './mark.tsx';

type Run =
  | { readonly kind: 'none' }
  | { readonly kind: 'under-way' }
  | { readonly kind: 'ended'; readonly operation: Operation }
  | { readonly kind: 'refused'; readonly message: string };

/** A script by the agent of Azure inside the machine, and what it printed. It goes on when the dialog is closed. */
export function RunScriptDialog({ machine, onClose }: { readonly machine: Machine; onClose(): void }) {
  const { connection } = useClient();
  const [script, setScript] = useState('');
  const [run, setRun] = useState<Run>({ kind: 'none' });
  const [fault] = faultsOfSchema(AzureScript.safeParse(script));

  async function begin(): Promise<void> {
    setRun({ kind: 'under-way' });
    try {
      const begun = await connection.call('azure.run-command', { machine: machine.id, script });
      setRun({ kind: 'ended', operation: await connection.call('operation.wait', { operation: begun.id }) });
    } catch (error) {
      setRun({ kind: 'refused', message: failureOf(error).message });
    }
  }

  const off = run.kind === 'under-way' ? 'It runs.' : script === '' ? 'Give a script.' : fault?.message;
  return (
    <Dialog
      title={
        <>
          Run a script in <ForeignText>{machine.name}</ForeignText>
        </>
      }
      onClose={onClose}
      choices={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" off={off} onClick={() => void begin()}>
            Run
          </Button>
        </>
      }
    >
      <LinesField
        label="Script"
        hint={`${machine.azure?.os === 'windows' ? 'PowerShell, as SYSTEM' : 'shell, as root'}; Azure keeps the last 4 KiB of output and cannot end it early`}
        fault={script === '' ? undefined : fault}
        value={script}
        onChange={setScript}
      />
      <RunEnd run={run} />
    </Dialog>
  );
}

function RunEnd({ run }: { readonly run: Run }) {
  switch (run.kind) {
    case 'none':
      return null;
    case 'under-way':
      return (
        <p role="status">
          <Mark kind="work" /> It runs. This takes 20 s or more; closing this does not end it.
        </p>
      );
    case 'refused':
      return <Failed message={run.message} />;
    case 'ended': {
      const { state, error, result } = run.operation;
      if (state !== 'done') return <Failed message={error?.message ?? 'Vigil no longer waits for it.'} />;
      const output = result?.output ?? '';
      return (
        <>
          <p role="status">
            <Mark kind="ok" /> It ran. {output === '' ? 'It printed nothing.' : null}
          </p>
          {output === '' ? null : (
            <>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
              <section tabIndex={0} aria-label="What it printed">
                <pre className="hook-output script-output">{output.split('\n').map(visibleText).join('\n')}</pre>
              </section>
              <CopyButton what="what it printed" text={output} />
            </>
          )}
        </>
      );
    }
  }
}

function Failed({ message }: { readonly message: string }) {
  return (
    <p className="crit" role="alert">
      <Mark kind="crit" /> <ForeignText>{message}</ForeignText>
    </p>
  );
}
