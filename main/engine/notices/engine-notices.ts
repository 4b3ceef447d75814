import type { EngineNotice } from '../../contract/engine-status.ts';
import type { EventSink } from '../../contract/events.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * What a person should know about the engine itself, one notice per cause.
 * Raising one that stands already keeps its time unless the words change.
 */
export interface EngineNotices {
  readonly list: readonly EngineNotice[];
  raise(id: string, severity: EngineNotice['severity'], text: string, hint?: string): void;
  clear(id: string): void;
}

export function createEngineNotices(clock: Clock, events: EventSink): EngineNotices {
  const notices = new Map<string, EngineNotice>();
  const publish = (): void => events.publish('engine.notices-changed', [...notices.values()]);
  return {
    get list() {
      return [...notices.values()];
    },
    raise: (id, severity, text, hint) => {
      const present = notices.get(id);
      if (present !== undefined && present.text === text && present.severity === severity) return;
      const since = present?.since ?? isoTime(clock.wallNow());
      notices.set(id, { id, severity, text, hint: hint ?? null, since });
      publish();
    },
    clear: (id) => {
      if (notices.delete(id)) publish();
    },
  };
}
