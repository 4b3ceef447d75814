import type { Connection } from '../contract/connection.ts';
import { type Failure, failureOf } from '../contract/failure.ts';
import type { TransportLog } from '../transport/surroundings.ts';
import type { LoginItem } from './login-item.ts';

export interface LoginSettingParts {
  readonly connection: Connection;
  readonly item: LoginItem;
  readonly log: TransportLog;
  /** A person has just asked for it, and it cannot be had. */
  failed(failure: Failure): void;
}

/**
 * Keeps the desktop's login programs as the setting `desktop.start_at_login` says: with every engine, and at each change.
 * What cannot be had at the start is only logged: nobody should meet the same dialog at every login.
 */
export function followLoginSetting({ connection, item, log, failed }: LoginSettingParts): void {
  let last: boolean | null = null;

  function apply(on: boolean, isChange: boolean): void {
    if (last === on) return;
    last = on;
    try {
      item.set(on, isChange);
    } catch (error) {
      log.write('warn', 'app', 'the start at login is not as the settings say', { error });
      if (isChange) failed(failureOf(error));
    }
  }

  connection.subscribe('engine.connected', () => {
    connection.call('settings.get', {}).then(
      ({ desktop }) => apply(desktop.start_at_login, false),
      (error: unknown) => log.write('warn', 'app', 'the settings could not be read', { error }),
    );
  });
  connection.subscribe('settings.changed', ({ desktop }) => apply(desktop.start_at_login, last !== null));
}
