import { Minus, Plus } from 'lucide-react';
import { failureOf } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { useCollectionInterval } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { useToast } from '../../components/toasts.tsx';
import { duration } from '../../format/times.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { stepInterval } from './collection-interval.ts';

/** How often readings are taken, and + and - to have them more or less often. */
export function IntervalControl() {
  const { connection } = useClient();
  const toast = useToast();
  const seconds = useCollectionInterval() / 1000;
  const faster = stepInterval(seconds, 'faster');
  const slower = stepInterval(seconds, 'slower');
  function change(to: number | null): void {
    if (to === null) return;
    connection
      .call('settings.change', { collection: { interval_seconds: to } })
      .catch((error: unknown) =>
        toast({ mark: 'crit', stays: true, text: <ForeignText>{failureOf(error).message}</ForeignText> }),
      );
  }
  useShortcut('+', () => change(faster));
  // The same key without Shift on many keyboards.
  useShortcut('=', () => change(faster));
  useShortcut('-', () => change(slower));
  return (
    <fieldset className="interval" aria-label="How often readings are taken">
      <Button
        look="plain"
        size="small"
        icon={Minus}
        aria-label="Less often"
        title="Less often ( - )"
        off={slower === null ? 'This is the longest interval' : undefined}
        onClick={() => change(slower)}
      />
      <span role="status">every {duration(seconds * 1000)}</span>
      <Button
        look="plain"
        size="small"
        icon={Plus}
        aria-label="More often"
        title="More often ( + )"
        off={faster === null ? 'This is the shortest interval' : undefined}
        onClick={() => change(faster)}
      />
    </fieldset>
  );
}
