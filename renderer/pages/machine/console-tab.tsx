import { lazy, Suspense, useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import { SkeletonRows } from '../../components/patience.tsx';
import { Segments } from '../../components/segments.tsx';
import { ConsoleLog } from './console-log.tsx';

/** Loaded when somebody looks at a console: the terminal is as large as the rest of the page. */
const TerminalView = lazy(() =>
  import('../../terminal/terminal-view.tsx').then(({ TerminalView: view }) => ({ default: view })),
);

const modes = [
  { value: 'live', label: 'Live' },
  { value: 'log', label: 'Log' },
] as const;

/** The serial port: live while the machine runs, its log always. */
export function ConsoleTab({ machine }: { readonly machine: Machine }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const mode = chosen ?? (machine.startedAt === null ? 'log' : 'live');
  const lead = <Segments name="Live or log" options={modes} value={mode} onChange={setChosen} />;
  if (mode === 'log') return <ConsoleLog machine={machine} lead={lead} />;
  return (
    <div className="console">
      <div className="console-tools">
        {lead}
        <span className="grow" />
        <span className="faint tiny">
          Keys go to the machine; <kbd>Ctrl</kbd> <kbd>]</kbd> takes them back
        </span>
      </div>
      <Suspense fallback={<SkeletonRows count={10} what="the console" />}>
        <TerminalView machine={machine} />
      </Suspense>
    </div>
  );
}
