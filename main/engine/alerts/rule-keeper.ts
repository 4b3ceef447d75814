import type { AlertChannel, AlertRule, AlertRuleInput, AlertRules } from '../../contract/alert-rule.ts';
import type { AlertText, AlertTextFault } from '../../contract/alert-text.ts';
import type { EventSink } from '../../contract/events.ts';
import { VigilError } from '../../contract/failure.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { AlertRulesFile, AlertRulesReading, ChannelChange } from '../ports/alert-rules-file.ts';
import type { Clock } from '../ports/clock.ts';

/** The rules in force. A broken file is told and changes nothing. */
export interface RuleKeeper {
  readonly present: AlertRules;
  add(rule: AlertRuleInput): Promise<void>;
  enable(name: string, enabled: boolean): Promise<void>;
  remove(name: string): Promise<void>;
  change(name: string, rule: AlertRuleInput): Promise<void>;
  setChannel(channel: AlertChannel, change: ChannelChange): Promise<void>;
  readText(): Promise<AlertText>;
  judgeText(text: string): Promise<readonly AlertTextFault[]>;
  writeText(text: string, version: string): Promise<void>;
  /** Throws `not-found`. */
  rule(name: string): AlertRule;
  /** A person edited the file. */
  take(reading: AlertRulesReading): void;
}

const noticeId = 'alert rules';

export function createRuleKeeper(
  ports: {
    readonly clock: Pick<Clock, 'wallNow'>;
    readonly events: EventSink;
    readonly file: AlertRulesFile;
    readonly ledger: Ledger;
    readonly notices: EngineNotices;
    /** What is in force has changed. */
    changed(): void;
  },
  first: AlertRulesReading,
): RuleKeeper {
  let present = first.rules;
  const judge = ({ fault }: AlertRulesReading): void => {
    if (fault === null) {
      ports.notices.clear(noticeId);
      return;
    }
    ports.notices.raise(noticeId, 'warning', fault, 'The last good rules stay in force.');
    ports.ledger.record([], { action: 'settings.rejected', actor: 'engine', summary: fault });
  };
  const take = (reading: AlertRulesReading): void => {
    judge(reading);
    if (JSON.stringify(reading.rules) !== JSON.stringify(present)) {
      present = reading.rules;
      ports.ledger.record([], {
        action: 'alert.rules-changed',
        actor: 'user',
        summary: 'The alert rules were changed.',
      });
      ports.changed();
    }
    ports.events.publish('alert-rules.changed', { at: isoTime(ports.clock.wallNow()) });
  };
  judge(first);
  return {
    get present() {
      return present;
    },
    add: async (rule) => take(await ports.file.add(rule)),
    enable: async (name, enabled) => take(await ports.file.enable(name, enabled)),
    remove: async (name) => take(await ports.file.remove(name)),
    change: async (name, rule) => take(await ports.file.replace(name, rule)),
    setChannel: async (channel, wanted) => take(await ports.file.setChannel(channel, wanted)),
    readText: () => ports.file.readText(),
    judgeText: (text) => ports.file.judgeText(text),
    writeText: async (text, version) => take(await ports.file.writeText(text, version)),
    rule: (name) => {
      const rule = present.rules.find((candidate) => candidate.name === name);
      if (rule !== undefined) return rule;
      throw new VigilError('not-found', `There is no alert rule called '${name}'.`, {
        hint: `The rules are ${present.rules.map((candidate) => candidate.name).join(', ')}.`,
      });
    },
    take,
  };
}
