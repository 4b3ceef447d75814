import type { Machine } from '../../../main/contract/machine.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { NextRound } from '../../components/next-round.tsx';
import { Moment } from '../../components/relative-time.tsx';

/** How fresh what stands above is. */
export function MachineFoot({ machine: { health } }: { readonly machine: Machine }) {
  return (
    <footer className="foot">
      <NextRound />
      <span className="grow" />
      {health.lastCheck === null ? null : (
        <span className="cut">
          Last check <Moment at={health.lastCheck} />
          {health.reason === null ? null : <ForeignText>{`: ${health.reason}`}</ForeignText>}
          {health.sshFailures > 1 ? ` (${health.sshFailures} in a row)` : null}
        </span>
      )}
      <span className="foot-keys">
        <kbd>Esc</kbd> back to the fleet
      </span>
    </footer>
  );
}
