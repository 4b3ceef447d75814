import { useEffect, useRef, useState } from 'react';
import type { AlertRehearsal } from '../../../main/contract/alert.ts';
import type { AlertRule } from '../../../main/contract/alert-rule.ts';
import { errorOf, failureOf, type VigilError } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';

export interface RuleRehearsal {
  /** Of the rule that was last looked at; stays until the next is there. */
  readonly found: AlertRehearsal | null;
  readonly error: VigilError | null;
  readonly isWorking: boolean;
}

/** While a person types, one question for each pause. */
const pauseMs = 300;

/**
 * What a rule would have done in the last days. One question at a time: looking through a month of a fleet is work, and
 * only the answer to what stands in the form last is of use.
 */
export function useRuleRehearsal(rule: AlertRule | null, days: number): RuleRehearsal {
  const { connection } = useClient();
  const [state, setState] = useState<RuleRehearsal>({ found: null, error: null, isWorking: false });
  const wanted = useRef<string | null>(null);
  const isAsking = useRef(false);
  // The same rule is the same question, whichever object says so; its name and whom it tells change nothing.
  const question =
    rule === null ? null : JSON.stringify({ rule: { ...rule, name: 'draft', notification_channels: [] }, days });
  useEffect(() => {
    wanted.current = question;
    if (question === null) return;
    setState((before) => ({ ...before, isWorking: true }));
    const ask = async (): Promise<void> => {
      if (isAsking.current) return;
      isAsking.current = true;
      for (let asked: string | null = null; wanted.current !== null && wanted.current !== asked; ) {
        asked = wanted.current;
        const next = await connection.call('alert.rehearse', JSON.parse(asked)).then(
          (found) => ({ found, error: null }),
          (error: unknown) => ({ found: null, error: errorOf(failureOf(error)) }),
        );
        if (wanted.current === asked) setState({ ...next, isWorking: false });
      }
      isAsking.current = false;
    };
    const timer = setTimeout(() => void ask(), pauseMs);
    return () => clearTimeout(timer);
  }, [connection, question]);
  useEffect(
    () => () => {
      wanted.current = null;
    },
    [],
  );
  return state;
}
