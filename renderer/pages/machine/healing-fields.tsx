import { type RestartPolicy, restartPolicies } from '../../../main/contract/healing.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { Segments } from '../../components/segments.tsx';
import { LadderField } from './ladder-field.tsx';
import { Rehearsal } from './rehearsal.tsx';
import { WatchCode, type WatchFieldsProps, WatchLines } from './watch-fields.tsx';

export const policyWords: Readonly<Record<RestartPolicy, string>> = {
  never: 'Never',
  'on-failure': 'On failure',
  always: 'Always',
};

const policyMeanings: Readonly<Record<RestartPolicy, string>> = {
  never: 'It is watched and told of; nothing is done to it.',
  'on-failure': 'Once it counts as down, the steps below are tried in their order.',
  always: 'With the first failed check, the steps below are tried in their order.',
};

interface HealingFieldsProps extends WatchFieldsProps {
  readonly keptPolicy: RestartPolicy;
}

/** What may be done for a machine that is not well, when, and what it would have come to. */
export function HealingFields({ keptPolicy, machine, ...rest }: HealingFieldsProps) {
  const { form, change } = rest;
  const policy = form.restart_policy;
  return (
    <div className="healing-fields">
      <div className="healing-choice">
        <Segments
          name="Policy"
          options={restartPolicies.map((value) => ({ value, label: policyWords[value] }))}
          value={policy}
          onChange={(value) => {
            const next = restartPolicies.find((each) => each === value);
            if (next !== undefined) change({ restart_policy: next });
          }}
        />
        <p className="faint">{policyMeanings[policy]}</p>
        <Checkbox checked={form.dry_run} onChange={(dry_run) => change({ dry_run })}>
          Dry run: decide and write it down, but do nothing
        </Checkbox>
        <LadderField ladder={form.ladder} onChange={(ladder) => change({ ladder })} />
      </div>
      {policy === keptPolicy || policy === 'never' ? null : (
        <Rehearsal machine={machine} policy={policy} ladder={form.ladder} />
      )}
      <div className="form-grid">
        <WatchCode
          {...rest}
          field="revert_snapshot"
          label="Snapshot to go back to"
          hint="for the step of that name"
          placeholder="before-upgrade"
        />
        <WatchLines
          {...rest}
          field="depends_on"
          label="Depends on"
          hint="waits while one of them is not well"
          placeholder="nas-cellar"
        />
        <WatchLines
          {...rest}
          field="maintenance"
          label="Maintenance windows"
          hint="nothing is healed meanwhile"
          placeholder="sat,sun 22:00-04:00"
        />
      </div>
    </div>
  );
}
