import { useState } from 'react';
import { type AzureStatus, type AzureSubscription, ResourceGroup } from '../../../main/contract/azure.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { type FieldFault, faultsOfSchema } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { LinesField } from '../../components/lines-field.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { counted } from '../../format/sizes.ts';

interface AzureChoiceProps {
  readonly status: AzureStatus;
  /** Those that are chosen now. */
  readonly groups: readonly string[];
  /** No subscription is named: every one of the account belongs to the fleet. */
  readonly choosesAll: boolean;
  onChoose(choice: { readonly subscriptions: string[]; readonly resourceGroups: string[] }): Promise<boolean>;
}

/** Which subscriptions and resource groups belong to the fleet. */
export function AzureChoice({ status, groups, choosesAll, onChoose }: AzureChoiceProps) {
  const { subscriptions } = status;
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const kept = new Set(subscriptions.filter(({ chosen }) => chosen).map(({ id }) => id));
  const chosen = picked ?? kept;
  const text = typed ?? groups.join('\n');
  const lines = linesOf(text);
  const fault = faultOf(lines);
  const isSame = sameSet(chosen, kept) && lines.join('\n') === groups.join('\n');
  const off = isUnderWay
    ? 'It is being read.'
    : isSame
      ? 'Nothing was changed.'
      : chosen.size === 0
        ? 'Choose at least one, or sign out.'
        : fault?.message;

  const toggle = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    setPicked(next);
  };

  async function save(): Promise<void> {
    setUnderWay(true);
    // Every one that there is now stays every one, also of those that come later.
    const isAll = choosesAll && sameSet(chosen, kept);
    const isDone = await onChoose({ subscriptions: isAll ? [] : [...chosen], resourceGroups: lines });
    if (isDone) {
      setPicked(null);
      setTyped(null);
    }
    setUnderWay(false);
  }

  return (
    <>
      <fieldset className="setting">
        <legend>Subscriptions</legend>
        <ul className="azure-subscriptions">
          {subscriptions.map((each) => (
            <li key={each.id}>
              <Checkbox checked={chosen.has(each.id)} onChange={(on) => toggle(each.id, on)}>
                <ForeignText>{each.name}</ForeignText>
              </Checkbox>
              <SubscriptionWords subscription={each} />
            </li>
          ))}
        </ul>
      </fieldset>
      <form className="azure-form" aria-label="What belongs to the fleet" onSubmit={(event) => event.preventDefault()}>
        <LinesField
          label="Resource groups"
          hint="one a line; machines of all of them when empty"
          fault={fault}
          value={text}
          onChange={setTyped}
        />
        <div className="watch-verbs">
          <Button look={isSame ? 'normal' : 'primary'} off={off} onClick={() => void save()}>
            Save
          </Button>
          <Button
            off={isSame ? 'Nothing was changed.' : undefined}
            onClick={() => {
              setPicked(null);
              setTyped(null);
            }}
          >
            Undo
          </Button>
        </div>
      </form>
    </>
  );
}

function SubscriptionWords({ subscription }: { readonly subscription: AzureSubscription }) {
  const { state, machines, readAt, trouble, chosen, id } = subscription;
  if (trouble !== null) {
    return (
      <span className="warn" title={id}>
        <ForeignText>{trouble}</ForeignText>
      </span>
    );
  }
  return (
    <span className="faint" title={id}>
      {state === 'Enabled' ? '' : `${state}, `}
      {chosen ? counted(machines, 'machine') : 'not in the fleet'}
      {readAt === null ? null : (
        <>
          , read <Ago at={readAt} />
        </>
      )}
    </span>
  );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function faultOf(lines: readonly string[]): FieldFault | undefined {
  for (const line of lines) {
    const [fault] = faultsOfSchema(ResourceGroup.safeParse(line));
    if (fault !== undefined) return { ...fault, message: `“${line}”: ${fault.message}` };
  }
  return undefined;
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}
