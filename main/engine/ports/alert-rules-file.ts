import type { AlertRuleInput, AlertRules } from '../../contract/alert-rule.ts';

/** `alert_rules.yaml`. A broken file leaves the last good version in force, across restarts too, and is told. */
export interface AlertRulesReading {
  readonly rules: AlertRules;
  /** A sentence with file, line and field; null when the file is good. */
  readonly fault: string | null;
}

/** Every change keeps a person's comments and order, and is refused (`refused`) while the file is broken. */
export interface AlertRulesFile {
  /** Makes the file, with the five rules to begin with, where there is none. */
  read(): Promise<AlertRulesReading>;
  /** `conflict` when there is a rule of that name. */
  add(rule: AlertRuleInput): Promise<AlertRulesReading>;
  /** `not-found` when there is no such rule; so for the next. */
  enable(name: string, enabled: boolean): Promise<AlertRulesReading>;
  remove(name: string): Promise<AlertRulesReading>;
  watch(changed: (reading: AlertRulesReading) => void): () => void;
}
