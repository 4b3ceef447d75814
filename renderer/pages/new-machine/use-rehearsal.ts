import { useEffect, useState } from 'react';
import { useClient } from '../../client/client-context.tsx';
import type { FieldFault } from '../../components/field-fault.ts';

const pauseMs = 250;

interface Rehearsal {
  /** The draft that was looked at, as text. */
  readonly draft: string;
  readonly faults: readonly FieldFault[];
}

/**
 * What this computer has against a draft, asked for when typing pauses. While a newer answer is awaited the older one
 * stands, so that a fault does not blink.
 */
export function useRehearsal(draft: Record<string, unknown>): {
  readonly faults: readonly FieldFault[];
  /** The answer is about the draft as it is now. */
  readonly isCurrent: boolean;
} {
  const { connection } = useClient();
  const [rehearsal, setRehearsal] = useState<Rehearsal>({ draft: '', faults: [] });
  const text = JSON.stringify(draft);
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(() => {
      connection.call('machine.rehearse', { draft: JSON.parse(text) as Record<string, unknown> }).then(
        (faults) => isOver || setRehearsal({ draft: text, faults }),
        // Without an answer the form's own faults stand alone; the creation itself is checked again by the engine.
        () => isOver || setRehearsal({ draft: text, faults: [] }),
      );
    }, pauseMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [connection, text]);
  return { faults: rehearsal.faults, isCurrent: rehearsal.draft === text };
}
