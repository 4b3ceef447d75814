import type { AzureMachineFacts } from '../../../main/contract/azure.ts';
import { costReach, costText } from '../../../main/contract/azure-cost.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff } from '../../../main/contract/machine-condition.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { Ago } from '../../components/relative-time.tsx';

interface AzureFactsProps {
  readonly machine: Machine;
  readonly azure: AzureMachineFacts;
}

/** Where in Azure it is, and how old the word for its state. */
export function AzureHeadFacts({ machine, azure }: AzureFactsProps) {
  return (
    <>
      <Fact name="Group">
        <ForeignText>{azure.resourceGroup}</ForeignText>
      </Fact>
      {machine.region === null ? null : (
        <Fact name="Region">
          <ForeignText>{machine.region}</ForeignText>
        </Fact>
      )}
      {azure.session === null ? null : (
        <Fact name="Session">
          <ForeignText>{azure.session}</ForeignText>
        </Fact>
      )}
      <Fact name="Compute">
        <Billing machine={machine} azure={azure} />
      </Fact>
      {azure.cost === null ? null : (
        <Fact name="This month">
          <Cost azure={azure} />
        </Fact>
      )}
      <Fact name="State read">
        <StateAge azure={azure} />
      </Fact>
    </>
  );
}

function StateAge({ azure: { observedAt, trouble } }: Pick<AzureFactsProps, 'azure'>) {
  const age = observedAt === null ? <span className="faint">not since Vigil began</span> : <Ago at={observedAt} />;
  if (trouble === null) return age;
  return (
    <span className="warn">
      {age}: <ForeignText>{trouble}</ForeignText>
    </span>
  );
}

function Billing({ machine, azure: { billed } }: AzureFactsProps) {
  if (isPaidWhileOff(machine)) {
    return (
      <span className="warn strong">
        <Mark kind="coin" /> billed although it is off
      </span>
    );
  }
  return billed === null ? <span className="faint">not known</span> : billed ? 'billed' : 'not billed';
}

function Cost({ azure: { cost } }: Pick<AzureFactsProps, 'azure'>) {
  if (cost === null) return <span className="faint">not known</span>;
  return (
    <>
      {costText(cost)}{' '}
      <span className="faint">
        read <Ago at={cost.readAt} />
      </span>
    </>
  );
}

const osWords = { linux: 'Linux', windows: 'Windows' } as const;

/** Everything Azure says of it, for the tab about what it is made of. */
export function AzureFacts({ machine, azure }: AzureFactsProps) {
  return (
    <Facts title="In Azure">
      <Fact name="Subscription">
        <span className="mono">{azure.subscription}</span>
      </Fact>
      <Fact name="Resource group">
        <ForeignText>{azure.resourceGroup}</ForeignText>
      </Fact>
      <Fact name="Region">
        <ForeignText>{machine.region ?? '–'}</ForeignText>
      </Fact>
      <Fact name="Size">
        <ForeignText>{machine.size ?? '–'}</ForeignText>
      </Fact>
      <Fact name="System">{azure.os === null ? '–' : osWords[azure.os]}</Fact>
      <Fact name="Session">
        <ForeignText>{azure.session ?? '–'}</ForeignText>
      </Fact>
      <Fact name="Power state">
        <ForeignText>{azure.power ?? 'not said'}</ForeignText>{' '}
        <span className="faint">
          read <StateAge azure={azure} />
        </span>
      </Fact>
      <Fact name="Last change">
        <ForeignText>{azure.provisioning ?? 'not said'}</ForeignText>
      </Fact>
      <Fact name="Compute">
        <Billing machine={machine} azure={azure} />
      </Fact>
      <Fact name="Cost this month">
        <Cost azure={azure} />
        {azure.cost === null ? null : <span className="faint">; {costReach}</span>}
      </Fact>
      <Fact name="Resource id">
        <span className="mono breaks">
          <ForeignText>{azure.resourceId}</ForeignText>
        </span>
        <CopyButton what="the resource id" text={azure.resourceId} />
      </Fact>
    </Facts>
  );
}
