import { useEffect, useMemo, useState } from 'react';
import type { AlertRule } from '../../../main/contract/alert-rule.ts';
import { errorOf, failureOf, type VigilError } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { Button } from '../../components/button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { useToast } from '../../components/toasts.tsx';
import { alertHref, go } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { draftOf, newRule, type RuleDraft, ruleOf } from './rule-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { RulePreview } from './rule-preview.tsx';

interface RuleEditorProps {
  /** As it is in force; null for a new one. */
  readonly saved: AlertRule | null;
  /** The address names a rule that is not there. */
  readonly isMissing: boolean;
}

/** One rule: its form, and what it would have done. */
export function RuleEditor({ saved, isMissing }: RuleEditorProps) {
  const { connection } = useClient();
  const toast = useToast();
  const [draft, setDraft] = useState<RuleDraft>(() => (saved === null ? newRule : draftOf(saved)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<VigilError | null>(null);
  const savedDraft = useMemo(() => (saved === null ? newRule : draftOf(saved)), [saved]);
  const [base, setBase] = useState(savedDraft);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(base);
  // Somebody else changed it: what stands here and was not touched follows.
  useEffect(() => {
    if (JSON.stringify(savedDraft) === JSON.stringify(base)) return;
    setBase(savedDraft);
    if (!isChanged) setDraft(savedDraft);
  }, [savedDraft, base, isChanged]);

  const { rule, faults } = useMemo(() => ruleOf(draft), [draft]);
  const shownFaults = error?.field === undefined ? faults : [{ field: error.field, message: error.message }, ...faults];
  const change = (next: Partial<RuleDraft>): void => {
    setError(null);
    setDraft((before) => ({ ...before, ...next }));
  };

  const doing = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await work();
      return true;
    } catch (fault) {
      setError(errorOf(failureOf(fault)));
      return false;
    } finally {
      setBusy(false);
    }
  };
  const save = async (): Promise<void> => {
    if (rule === null || busy || (saved !== null && !isChanged)) return;
    const done = await doing(() =>
      saved === null
        ? connection.call('alert.add', rule)
        : connection.call('alert.change', { rule: saved.name, to: rule }),
    );
    if (!done) return;
    setBase(draftOf(rule));
    setDraft(draftOf(rule));
    toast({ mark: 'ok', text: `${rule.name} is in force.` });
    if (rule.name !== saved?.name) go(alertHref('rules', rule.name));
  };
  const remove = async (): Promise<void> => {
    if (saved === null || !(await doing(() => connection.call('alert.remove', { rule: saved.name })))) return;
    toast({
      mark: 'ok',
      text: `${saved.name} was removed.`,
      verb: { label: 'Undo', run: () => void doing(() => connection.call('alert.add', saved)) },
    });
    go(alertHref('rules'));
  };
  const test = (): void =>
    void doing(async () => {
      const { title } = await connection.call('alert.test', { rule: saved?.name ?? '' });
      toast({ mark: 'ok', text: `The desktop was told: ${title}` });
    });
  useShortcut('mod+s', () => void save());
  const wait = busy ? 'It is being written.' : undefined;
  const whyNotSaved =
    wait ??
    (rule === null
      ? (shownFaults[0]?.message ?? 'It is no rule yet.')
      : saved !== null && !isChanged
        ? 'Nothing was changed.'
        : undefined);
  return (
    <section className="rule-editor scroll" aria-label={saved === null ? 'New rule' : `Rule ${saved.name}`}>
      <header className="rule-head">
        <h2 className="cut">{saved?.name ?? 'New rule'}</h2>
        <span className="small quiet grow cut">
          {isMissing
            ? 'There is no such rule; this would be a new one.'
            : saved !== null && isChanged
              ? 'not saved'
              : 'in alert_rules.yaml, with your comments kept'}
        </span>
        {saved === null ? null : (
          <>
            <Button look="plain" size="small" onClick={() => void remove()} off={wait}>
              Remove
            </Button>
            <Button
              size="small"
              onClick={test}
              off={wait ?? (isChanged ? 'Save it first.' : undefined)}
              title="Show its message on the desktop"
            >
              Test
            </Button>
            <Button
              size="small"
              onClick={() => setDraft(base)}
              off={wait ?? (isChanged ? undefined : 'Nothing was changed.')}
            >
              Undo
            </Button>
          </>
        )}
        <Button look="primary" size="small" onClick={() => void save()} off={whyNotSaved}>
          {saved === null ? 'Add' : 'Save'}
        </Button>
      </header>
      {error === null || error.field !== undefined ? null : (
        <p className="rule-fault crit small" role="alert">
          <ForeignText>{`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`}</ForeignText>
        </p>
      )}
      <RuleForm draft={draft} faults={saved === null && !isChanged ? [] : shownFaults} change={change} />
      <RulePreview rule={rule === null && saved === null ? exampleOf(draft) : rule} saved={saved} />
    </section>
  );
}

/** A new rule has no name yet; what it would have done can be said all the same. */
function exampleOf(draft: RuleDraft): AlertRule | null {
  return draft.name.trim() === '' ? ruleOf({ ...draft, name: 'new' }).rule : null;
}
