import type { Connection } from '../contract/connection.ts';
import type { Failure } from '../contract/failure.ts';
import { failureOf } from '../contract/failure.ts';
import type { TrayAction } from './tray-menu.ts';
import type { Place } from './windows.ts';

export interface TrayActionParts {
  readonly connection: Connection;
  show(place?: Place): void;
  quit(): void;
  /** A verb a person chose was refused. How an accepted one ends, the tray and the windows show. */
  refused(failure: Failure): void;
}

/** Does what was chosen in the tray. */
export function createTrayActions({ connection, show, quit, refused }: TrayActionParts): (action: TrayAction) => void {
  return (action) => {
    switch (action.kind) {
      case 'open':
        return show();
      case 'new-machine':
        return show({ page: 'new-machine' });
      case 'open-machine':
        return show({ page: 'machine', id: action.machine });
      case 'quit':
        return quit();
      case 'start':
      case 'stop':
      case 'restart':
      case 'force-stop':
        verb(connection, action.kind, action.machine).catch((error: unknown) => refused(failureOf(error)));
    }
  };
}

async function verb(
  connection: Connection,
  kind: 'start' | 'stop' | 'restart' | 'force-stop',
  machine: string,
): Promise<void> {
  if (kind === 'force-stop') await connection.call('machine.stop', { machine, force: true });
  else await connection.call(`machine.${kind}`, { machine });
}
