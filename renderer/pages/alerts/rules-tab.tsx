import { FileText, Plus, SlidersHorizontal } from 'lucide-react';
import { useMemo } from 'react';
import type { AlertRule } from '../../../main/contract/alert-rule.ts';
import { useClient } from '../../client/client-context.tsx';
import { useActiveAlerts, useAlertCounts, useAlertRules } from '../../client/use-alerts.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Switch } from '../../components/switch.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { alertHref, go } from '../../route.ts';
import { conditionText, severityMarks } from './alert-words.ts';
import { RuleEditor } from './rule-editor.tsx';
import { RulesText } from './rules-text.tsx';
import { useAct } from './use-act.ts';

/** No rule can be called so: a name begins with a letter or a number. */
const asText = '-file';
const newOne = '-new';

/** When people are told: each rule with how often it fired, and an editor for it or for the whole file. */
export function RulesTab({ chosen }: { readonly chosen: string | null }) {
  const { value: rules, error, retry } = useAlertRules();
  const { value: counts } = useAlertCounts();
  const { value: active } = useActiveAlerts();
  const firing = useMemo(() => {
    const perRule = new Map<string, number>();
    for (const { rule, state } of active ?? []) if (state === 'firing') perRule.set(rule, (perRule.get(rule) ?? 0) + 1);
    return perRule;
  }, [active]);
  if (rules === null) {
    if (error === null) return <SkeletonRows count={8} what="the rules" />;
    return (
      <EmptyState
        icon={<SlidersHorizontal className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="The rules could not be read"
        verb={<Button onClick={retry}>Try again</Button>}
      >
        {visibleText(error.message)}
      </EmptyState>
    );
  }
  const rule = rules.find(({ name }) => name === chosen) ?? (chosen === null ? rules[0] : undefined);
  const isText = chosen === asText;
  return (
    <div className="rules">
      <nav className="rule-list" aria-label="Rules">
        <header className="rule-list-head">
          <h2 className="section-title grow">Rules</h2>
          <Button
            look="plain"
            size="small"
            icon={FileText}
            aria-pressed={isText}
            onClick={() => go(alertHref('rules', asText))}
          >
            File
          </Button>
          <Button look="plain" size="small" icon={Plus} onClick={() => go(alertHref('rules', newOne))}>
            New
          </Button>
        </header>
        {rules.length === 0 ? (
          <p className="small quiet rule-none">There are no rules: nothing is told. Make one with New.</p>
        ) : (
          <ul>
            {rules.map((each) => (
              <RuleEntry
                key={each.name}
                rule={each}
                isShown={!isText && each === rule}
                firing={firing.get(each.name) ?? 0}
                fired={counts?.find((count) => count.rule === each.name)?.alerts ?? 0}
              />
            ))}
          </ul>
        )}
      </nav>
      {isText ? (
        <RulesText />
      ) : rule === undefined || chosen === newOne ? (
        <RuleEditor key={newOne} saved={null} isMissing={chosen !== newOne && rules.length > 0} />
      ) : (
        <RuleEditor key={rule.name} saved={rule} isMissing={false} />
      )}
    </div>
  );
}

interface RuleEntryProps {
  readonly rule: AlertRule;
  readonly isShown: boolean;
  /** Now. */
  readonly firing: number;
  /** In the last 30 days. */
  readonly fired: number;
}

function RuleEntry({ rule, isShown, firing, fired }: RuleEntryProps) {
  const { connection } = useClient();
  const { busy, act } = useAct();
  const { name, enabled, severity } = rule;
  return (
    <li className="rule-entry" aria-current={isShown || undefined}>
      <a href={alertHref('rules', name)} className="rule-link">
        <Mark kind={enabled ? severityMarks[severity] : 'off'} />
        <span className="rule-words">
          <span className="cut">{name}</span>
          <span className="tiny faint">
            {conditionText(rule)}
            {enabled ? '' : ', off'}
            {firing > 0 ? <b className="crit">, {firing} firing</b> : null}
            {fired > 0 ? `, ${fired} in 30\u00a0d` : ''}
          </span>
        </span>
      </a>
      <Switch
        label={`Rule ${name}`}
        isOn={enabled}
        off={busy ? 'It is being switched.' : undefined}
        onChange={(next) => void act(() => connection.call('alert.enable', { rule: name, enabled: next }))}
      />
    </li>
  );
}
