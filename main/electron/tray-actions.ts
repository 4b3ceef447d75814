import { snoozeSeconds } from '../contract/attention.ts';
import type { Connection } from '../contract/connection.ts';
import type { Failure } from '../contract/failure.ts';
import { failureOf } from '../contract/failure.ts';
import type { TrayAction, TrayVerb } from './tray-menu.ts';
import type { Place } from './windows.ts';

export interface TrayActionParts {
  readonly connection: Connection;
  show(place?: Place): void;
  /** Opens the terminal program of this desktop with `ssh` to the machine in it. */
  openTerminal(machine: string): Promise<unknown>;
  quit(): void;
  /** A verb a person chose was refused. How an accepted one ends, the tray and the windows show. */
  refused(failure: Failure): void;
}

/** Does what was chosen in the tray. */
export function createTrayActions({
  connection,
  show,
  openTerminal,
  quit,
  refused,
}: TrayActionParts): (action: TrayAction) => void {
  const tell = (error: unknown) => refused(failureOf(error));
  return (action) => {
    switch (action.kind) {
      case 'open':
        return show();
      case 'new-machine':
        return show({ page: 'new-machine' });
      case 'open-machine':
        return show({ page: 'machine', id: action.machine, ...(action.at === undefined ? {} : { at: action.at }) });
      case 'open-alerts':
        return show({ page: 'alerts' });
      case 'acknowledge':
        connection.call('alert.acknowledge', { episode: action.episode }).catch(tell);
        return;
      case 'snooze':
        connection
          .call('alert.snooze', { rule: action.rule, machine: action.machine, seconds: snoozeSeconds })
          .catch(tell);
        return;
      case 'quit':
        return quit();
      case 'open-terminal':
        openTerminal(action.machine).catch(tell);
        return;
      case 'pause-healing':
        connection.call('lifecycle.pause', { seconds: action.seconds ?? 'until-resumed' }).catch(tell);
        return;
      case 'resume-healing':
        connection.call('lifecycle.resume', {}).catch(tell);
        return;
      default:
        verb(connection, action.kind, action.machine).catch(tell);
    }
  };
}

async function verb(connection: Connection, kind: TrayVerb, machine: string): Promise<void> {
  switch (kind) {
    case 'force-stop':
      await connection.call('machine.stop', { machine, force: true });
      return;
    case 'snapshot':
      await connection.call('snapshot.take', { machine, name: momentName(new Date()) });
      return;
    case 'deallocate':
      await connection.call('azure.deallocate', { machine });
      return;
    default:
      await connection.call(`machine.${kind}`, { machine });
  }
}

/** `2026-03-17-202615`, local: the tray cannot ask for a name. */
function momentName(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
