import type { ReactNode } from 'react';
import { healthWord, securityDoubt } from '../../../main/contract/health-words.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import { operationWords } from '../../../main/contract/operation-words.ts';
import { stateWordOf } from '../../../main/contract/state-words.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { markOf } from '../../components/machine-mark.ts';
import { type ShownVerb, verbLabel, verbLooks } from '../../components/machine-verbs.ts';
import { Mark } from '../../components/mark.tsx';
import { Lasting } from '../../components/relative-time.tsx';
import { VerbMenuButton } from '../../components/verb-menu.tsx';
import { chosenSize, counted } from '../../format/sizes.ts';
import { acceleratorName, providerWords } from '../../format/words.ts';
import { AzureHeadFacts } from './azure-facts.tsx';

interface MachineHeaderProps {
  readonly machine: Machine;
  readonly operation: Operation | undefined;
  readonly verbs: readonly ShownVerb[];
}

/** Verbs with a button of their own; the rest is behind the three dots. */
const buttonVerbs: readonly ShownVerb[] = [
  'resume',
  'start',
  'restart',
  'stop',
  'deallocate',
  'pause',
  'snapshot',
  'ssh',
];
/** Those that a tab of the page stands for. */
const tabVerbs: ReadonlySet<ShownVerb> = new Set(['health']);

export function MachineHeader({ machine, operation, verbs }: MachineHeaderProps) {
  const { run } = useActions();
  const mark = markOf(machine, operation);
  const sizes = [
    machine.size,
    machine.cpus === null ? null : counted(machine.cpus, 'CPU'),
    machine.memoryMib === null ? null : chosenSize(machine.memoryMib),
    machine.diskMib === null ? null : `${chosenSize(machine.diskMib)} disk`,
  ].filter((part) => part !== null);
  const isWatched = machine.health.status !== 'not-applicable';
  return (
    <header className="machine-head">
      <div className="machine-title">
        <Mark kind={mark.kind} label={mark.word} />
        <h2 className="machine-name cut">
          <ForeignText>{machine.name}</ForeignText>
        </h2>
        <span className="quiet">
          {operation === undefined ? stateOf(machine) : operationWords[operation.kind].doing}
        </span>
        {isWatched ? (
          <span className={healthInk(machine)}>
            {healthWord(machine.health)} {machine.health.since === null ? null : <Lasting at={machine.health.since} />}
          </span>
        ) : null}
        <span className="grow" />
        {buttonVerbs
          .filter((verb) => verbs.includes(verb))
          .map((verb) => (
            <Button key={verb} icon={verbLooks[verb].icon} onClick={() => run(verb, [machine])}>
              {verbLabel(verb, machine)}
            </Button>
          ))}
        <VerbMenuButton
          machine={machine}
          verbs={verbs.filter((verb) => !buttonVerbs.includes(verb) && !tabVerbs.has(verb))}
        />
      </div>
      <dl className="machine-facts">
        {machine.forwards.length > 0 ? (
          <Fact name={machine.startedAt === null ? 'Address when it runs' : 'Address'}>
            {machine.forwards.map(({ host, guest }) => (
              <span key={host} className="machine-port">
                <span className="mono">127.0.0.1:{host}</span>
                <span className="faint">to {guest}</span>
                <CopyButton what={`the address of port ${guest}`} text={`127.0.0.1:${host}`} />
              </span>
            ))}
          </Fact>
        ) : machine.address === null ? null : (
          <Fact name="Address">
            <span className="mono">
              <ForeignText>{machine.address}</ForeignText>
            </span>
            <CopyButton what="the address" text={machine.address} />
          </Fact>
        )}
        {machine.startedAt === null ? null : (
          <Fact name="Up">
            <Lasting at={machine.startedAt} />
          </Fact>
        )}
        {sizes.length === 0 ? null : <Fact name="Size">{sizes.join(', ')}</Fact>}
        <Fact name="Provider">
          {providerWords[machine.provider]}
          {machine.accelerator === undefined ? '' : `, ${acceleratorName(machine.accelerator)}`}
        </Fact>
        {machine.azure === undefined ? null : <AzureHeadFacts machine={machine} azure={machine.azure} />}
        {machine.tags.length === 0 ? null : (
          <Fact name="Tags">
            <span className="tags">
              {machine.tags.map((tag) => (
                <ForeignText className="tag" key={tag}>
                  {tag}
                </ForeignText>
              ))}
            </span>
          </Fact>
        )}
      </dl>
    </header>
  );
}

/** Of a host that does not answer the state is not known; how it is says its health. */
function stateOf(machine: Machine): string {
  const { provider, state, health } = machine;
  const isSaid = provider === 'ssh' && state === 'unknown' && health.status !== 'not-applicable';
  return isSaid ? '' : stateWordOf(machine);
}

function healthInk({ health }: Machine): string {
  if (securityDoubt(health) !== null) return 'warn strong';
  return health.status === 'unhealthy' ? 'crit strong' : 'quiet';
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
