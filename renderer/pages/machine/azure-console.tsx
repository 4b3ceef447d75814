import { MonitorOff, RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { AzureMachineFacts } from '../../../main/contract/azure.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { type KeptByAzure, useAzureLog, useAzureScreen } from '../../client/use-azure-console.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { Segments } from '../../components/segments.tsx';
import { Strip } from '../../components/strip.tsx';
import { LogView } from './log-view.tsx';

const modes = [
  { value: 'log', label: 'Log' },
  { value: 'screen', label: 'Screen' },
] as const;

interface AzureConsoleProps {
  readonly machine: Machine;
  readonly azure: AzureMachineFacts;
}

/** What the platform keeps of a machine's serial port and screen: to be looked at also when nothing in it answers. */
export function AzureConsole({ machine, azure }: AzureConsoleProps) {
  const [mode, setMode] = useState<string>('log');
  if (azure.console === false) return <NothingKept machine={machine} azure={azure} />;
  const lead = <Segments name="Log or screen" options={modes} value={mode} onChange={setMode} />;
  return mode === 'log' ? <AzureLog machine={machine} lead={lead} /> : <AzureScreen machine={machine} lead={lead} />;
}

interface KeptProps {
  readonly machine: Machine;
  readonly lead: ReactNode;
}

function AzureLog({ machine, lead }: KeptProps) {
  const log = useAzureLog(machine);
  return (
    <LogView
      raw={log.value?.text ?? ''}
      isRead={log.value !== null}
      error={log.error}
      lead={
        <>
          {lead}
          <ReadAgain kept={log} />
        </>
      }
      note="The end of it, as Azure keeps it"
      nothing="What the guest writes to its serial port will stand here, some minutes late."
      again={log.again}
    />
  );
}

function AzureScreen({ machine, lead }: KeptProps) {
  const screen = useAzureScreen(machine);
  const { value, error } = screen;
  const png = value?.png ?? null;
  return (
    <div className="console">
      <div className="console-tools">
        {lead}
        <ReadAgain kept={screen} />
        <span className="grow" />
        {value === null ? null : (
          <span className="faint tiny">
            {value.at === null ? (
              'Azure does not say when it took it'
            ) : (
              <>
                Azure took it <Ago at={value.at} />
              </>
            )}
            , {value.width} × {value.height}
          </span>
        )}
      </div>
      {error === null ? null : (
        <Strip tone="warn" icon={<Mark kind="warn" />}>
          <b>The screen cannot be read.</b> <ForeignText>{error.message}</ForeignText>
        </Strip>
      )}
      {png === null ? (
        error === null && <SkeletonRows count={10} what="the screen" />
      ) : (
        <section
          className="azure-screen scroll"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
          tabIndex={0}
          aria-label="Screen"
        >
          <img src={`data:image/png;base64,${png}`} alt={`The screen of ${machine.name}`} />
        </section>
      )}
    </div>
  );
}

function ReadAgain({ kept: { isAsking, again } }: { readonly kept: KeptByAzure<unknown> }) {
  return (
    <Button look="plain" size="small" icon={RotateCw} off={isAsking ? 'It is being read.' : undefined} onClick={again}>
      Read again
    </Button>
  );
}

function NothingKept({ machine, azure }: AzureConsoleProps) {
  const command = `az vm boot-diagnostics enable --resource-group ${azure.resourceGroup} --name ${machine.name}`;
  return (
    <EmptyState
      icon={<MonitorOff className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
      title="Azure keeps no console of this machine"
      verb={<CopyButton what="the command" text={command} words />}
    >
      Its boot diagnostics are off. Switch them on in the portal, or with{' '}
      <span className="mono breaks">
        <ForeignText>{command}</ForeignText>
      </span>
    </EmptyState>
  );
}
