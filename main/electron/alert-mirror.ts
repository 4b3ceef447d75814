import type { Episode } from '../contract/alert.ts';
import { worstAlertsFirst } from '../contract/attention.ts';
import type { Connection } from '../contract/connection.ts';

/** The alerts that fire, as the engine last told them, the worst first. Empty while there is no engine. */
export interface AlertMirror {
  readonly alerts: readonly Episode[];
}

/** Follows the engine from now on; `changed` is told after each change. One question at a time, however much happens. */
export function createAlertMirror(connection: Connection, changed: () => void): AlertMirror {
  let alerts: readonly Episode[] = [];
  /** Rises with every engine, so that a late answer of the one before is dropped. */
  let engine = 0;
  let asking = false;
  let isOld = false;

  function put(next: readonly Episode[]): void {
    alerts = next;
    changed();
  }

  async function ask(): Promise<void> {
    isOld = true;
    if (asking) return;
    asking = true;
    while (isOld) {
      isOld = false;
      const asked = engine;
      try {
        const active = await connection.call('alert.active', {});
        if (asked === engine) put(worstAlertsFirst(active));
      } catch {
        // The engine went away meanwhile: `engine.connected` brings us here again.
      }
    }
    asking = false;
  }

  connection.subscribe('alerts.changed', () => void ask());
  connection.subscribe('engine.connected', () => {
    engine += 1;
    void ask();
  });
  connection.subscribe('engine.disconnected', () => {
    engine += 1;
    put([]);
  });
  return {
    get alerts() {
      return alerts;
    },
  };
}
