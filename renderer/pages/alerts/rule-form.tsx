import { ChevronDown, ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { type AlertChannel, alertChannels, alertSeverities } from '../../../main/contract/alert-rule.ts';
import {
  type AlertComparison,
  alertComparisons,
  alertVariable,
  alertVariableNames,
} from '../../../main/contract/alert-variables.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import type { FieldFault } from '../../components/field-fault.ts';
import { TextField } from '../../components/form-field.tsx';
import { LinesField } from '../../components/lines-field.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { channelNames, comparisonWords } from './alert-words.ts';
import { faultAt, type RuleDraft } from './rule-draft.ts';

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly faults: readonly FieldFault[];
  change(next: Partial<RuleDraft>): void;
}

const units = { percent: '%', 'bytes per second': 'B/s', count: '', days: 'days', 'yes or no': '' } as const;

/** Every field of a rule; what most rules leave alone is folded away. */
export function RuleForm({ draft, faults, change }: RuleFormProps) {
  const variable = alertVariable(draft.metric);
  const unit = units[variable.unit];
  const isYesOrNo = variable.unit === 'yes or no';
  const [isOpen, setOpen] = useState(() => hasMore(draft));
  const Fold = isOpen ? ChevronDown : ChevronRight;
  return (
    <div className="rule-form">
      <div className="rule-grid">
        <TextField
          label="Name"
          hint=""
          fault={faultAt(faults, 'name')}
          value={draft.name}
          onChange={(name) => change({ name })}
          maxLength={63}
          isCode
        />
        <SelectField
          label="When"
          hint={variable.words}
          fault={faultAt(faults, 'metric')}
          value={draft.metric}
          onChange={(metric) => change({ metric, ...thresholdFor(draft, metric) })}
          options={alertVariableNames.map((name) => ({ value: name, label: name }))}
        />
        {isYesOrNo ? null : (
          <>
            <SelectField
              label="Is"
              hint={comparisonWords[draft.comparison]}
              value={draft.comparison}
              onChange={(comparison) => change({ comparison })}
              options={comparisonsFor(draft.metric).map((each) => ({ value: each, label: each }))}
            />
            <TextField
              label="Threshold"
              hint={`${variable.low} to ${variable.high}`}
              fault={faultAt(faults, 'threshold')}
              value={draft.threshold}
              onChange={(threshold) => change({ threshold })}
              isNumber
              maxLength={20}
              {...(unit === '' ? {} : { unit })}
            />
          </>
        )}
        <TextField
          label="Held for"
          hint="before it fires, and before it is over"
          fault={faultAt(faults, 'for_seconds')}
          value={draft.forSeconds}
          onChange={(forSeconds) => change({ forSeconds })}
          placeholder="0"
          unit="s"
          isNumber
          maxLength={8}
        />
        {isYesOrNo ? null : (
          <TextField
            label="Over at"
            hint="the threshold when empty"
            fault={faultAt(faults, 'clear')}
            value={draft.clear}
            onChange={(clear) => change({ clear })}
            isNumber
            maxLength={20}
            {...(unit === '' ? {} : { unit })}
          />
        )}
        <SelectField
          label="Severity"
          hint=""
          value={draft.severity}
          onChange={(severity) => change({ severity })}
          options={alertSeverities.map((each) => ({ value: each, label: each }))}
        />
      </div>
      <ChannelChoice
        legend="Tell, beside the desktop"
        chosen={draft.channels}
        onChange={(channels) => change({ channels })}
      />
      <button type="button" className="form-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Fold className="icon icon-small" strokeWidth={1.6} aria-hidden="true" />
        Which machines, when, no data, reminders
      </button>
      {isOpen ? <More draft={draft} faults={faults} change={change} /> : null}
    </div>
  );
}

function More({ draft, faults, change }: RuleFormProps) {
  return (
    <>
      <div className="rule-grid rule-grid-wide">
        <TextField
          label="Machines"
          hint="names, commas between; every one when empty"
          fault={faultAt(faults, 'machines')}
          value={draft.machines}
          onChange={(machines) => change({ machines })}
          placeholder="web, db"
        />
        <TextField
          label="Tags"
          hint="machines with any of them"
          fault={faultAt(faults, 'tags')}
          value={draft.tags}
          onChange={(tags) => change({ tags })}
          placeholder="prod"
        />
        <TextField
          label="Providers"
          hint="qemu, ssh, azure"
          fault={faultAt(faults, 'providers')}
          value={draft.providers}
          onChange={(providers) => change({ providers })}
        />
        <LinesField
          label="Windows"
          hint="begins to fire only within, one a line"
          fault={faultAt(faults, 'windows')}
          value={draft.windows}
          onChange={(windows) => change({ windows })}
          placeholder="mon,tue,wed,thu,fri 08:00-18:00"
        />
        <TextField
          label="No data"
          hint="fires when nothing is known for so long; keeps still when empty"
          fault={faultAt(faults, 'no_data')}
          value={draft.noDataSeconds}
          onChange={(noDataSeconds) => change({ noDataSeconds })}
          unit="s"
          isNumber
          maxLength={8}
        />
        <TextField
          label="Remind every"
          hint="until it is acknowledged; never when empty"
          fault={faultAt(faults, 'remind_seconds')}
          value={draft.remindSeconds}
          onChange={(remindSeconds) => change({ remindSeconds })}
          unit="s"
          isNumber
          maxLength={8}
        />
        <TextField
          label="Escalate after"
          hint="when nobody has acknowledged it; never when empty"
          fault={faultAt(faults, 'escalate')}
          value={draft.escalateSeconds}
          onChange={(escalateSeconds) => change({ escalateSeconds })}
          unit="s"
          isNumber
          maxLength={8}
        />
      </div>
      {draft.escalateSeconds.trim() === '' ? null : (
        <ChannelChoice
          legend="Then tell these as well"
          chosen={draft.escalateChannels}
          onChange={(escalateChannels) => change({ escalateChannels })}
        />
      )}
    </>
  );
}

interface ChannelChoiceProps {
  readonly legend: string;
  readonly chosen: readonly AlertChannel[];
  onChange(chosen: readonly AlertChannel[]): void;
}

function ChannelChoice({ legend, chosen, onChange }: ChannelChoiceProps) {
  return (
    <fieldset className="channel-choice">
      <legend className="field-label">{legend}</legend>
      {alertChannels
        .filter((channel) => channel !== 'desktop' || chosen.includes('desktop'))
        .map((channel) => (
          <Checkbox
            key={channel}
            checked={chosen.includes(channel)}
            onChange={(isChosen) =>
              onChange(isChosen ? [...chosen, channel] : chosen.filter((each) => each !== channel))
            }
          >
            {channelNames[channel]}
          </Checkbox>
        ))}
    </fieldset>
  );
}

function hasMore({
  machines,
  tags,
  providers,
  windows,
  noDataSeconds,
  remindSeconds,
  escalateSeconds,
}: RuleDraft): boolean {
  return [machines, tags, providers, windows, noDataSeconds, remindSeconds, escalateSeconds].some(
    (text) => text.trim() !== '',
  );
}

/** Those by which a value can be bad news. */
function comparisonsFor(metric: RuleDraft['metric']): readonly AlertComparison[] {
  return alertVariable(metric).worry === 'low'
    ? alertComparisons.filter((each) => each.startsWith('<'))
    : alertComparisons;
}

/** What is asked for when nobody has said anything else. */
const usualThresholds = { percent: 90, 'bytes per second': 100_000_000, count: 0, days: 14, 'yes or no': 0 } as const;

/** A threshold says nothing of another kind of value. */
function thresholdFor(draft: RuleDraft, metric: RuleDraft['metric']): Partial<RuleDraft> {
  const [before, after] = [alertVariable(draft.metric), alertVariable(metric)];
  if (before.unit === after.unit && after.unit !== 'count') return {};
  return {
    threshold: String(after.threshold ?? usualThresholds[after.unit]),
    clear: '',
    comparison: after.worry === 'low' ? '<' : '>',
    ...(after.source.kind !== 'reading' ? { forSeconds: '' } : {}),
  };
}
