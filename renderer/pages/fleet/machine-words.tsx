import { healthWord, securityDoubt } from '../../../main/contract/health-words.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { isPaidWhileOff } from '../../../main/contract/machine-condition.ts';
import { paidWhileOffReason, stateWordOf, stateWords } from '../../../main/contract/state-words.ts';
import { Lasting } from '../../components/relative-time.tsx';

/** The state of a machine, quiet where it rests, loud where it failed. */
export function StateWord({ machine }: { readonly machine: Machine }) {
  if (machine.state === 'failed') return <span className="crit strong">{stateWords.failed}</span>;
  if (isPaidWhileOff(machine)) {
    return (
      <span className="warn strong" title={`${stateWordOf(machine)}. ${paidWhileOffReason}`}>
        Still billed
      </span>
    );
  }
  const isQuiet = machine.state === 'stopped' || machine.state === 'deallocated' || machine.state === 'suspended';
  return <span className={isQuiet ? 'quiet' : undefined}>{stateWords[machine.state]}</span>;
}

const healthInk = { healthy: '', degraded: 'warn', unhealthy: 'crit strong', unknown: '', 'not-applicable': 'faint' };

/** Its health, and since when where it is not well. */
export function HealthWord({ machine: { health } }: { readonly machine: Machine }) {
  const doubt = securityDoubt(health);
  const lasting = doubt === null && health.status !== 'healthy' && health.status !== 'not-applicable';
  return (
    <span className={doubt === null ? healthInk[health.status] : 'warn strong'} title={health.reason ?? undefined}>
      {healthWord(health)}
      {lasting && health.since !== null ? (
        <>
          {' '}
          <Lasting at={health.since} />
        </>
      ) : null}
    </span>
  );
}
