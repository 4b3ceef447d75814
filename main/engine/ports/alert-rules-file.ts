import type { AlertChannel, AlertRuleInput, AlertRules, AlertSeverity } from '../../contract/alert-rule.ts';
import type { AlertText, AlertTextFault } from '../../contract/alert-text.ts';

/** `alert_rules.yaml`. A broken file leaves the last good version in force, across restarts too, and is told. */
export interface AlertRulesReading {
  readonly rules: AlertRules;
  /** A sentence with file, line and field; null when the file is good. */
  readonly fault: string | null;
}

export interface ChannelChange {
  readonly enabled: boolean;
  readonly min_severity: AlertSeverity;
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
  /** Puts another rule in the place of one, also under another name; `conflict` when that is taken. */
  replace(name: string, rule: AlertRuleInput): Promise<AlertRulesReading>;
  setChannel(channel: AlertChannel, change: ChannelChange): Promise<AlertRulesReading>;
  /** As it is written, also while it is broken. */
  readText(): Promise<AlertText>;
  /** What would be wrong with the file if its text were this. Changes nothing. */
  judgeText(text: string): Promise<readonly AlertTextFault[]>;
  /**
   * Writes a text that came from `readText`. `bad-input` for one that is broken, `conflict` when the file has changed since
   * `version`; nothing is written then.
   */
  writeText(text: string, version: string): Promise<AlertRulesReading>;
  watch(changed: (reading: AlertRulesReading) => void): () => void;
}
