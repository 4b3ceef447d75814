import type { EventName, EventSink, EventSource, Events } from '../contract/events.ts';
import type { TransportLog } from './surroundings.ts';

export type EventBus = EventSink & EventSource;

/**
 * Hands each event to everyone who listens, in the order of subscription, before `publish` returns.
 * A listener that throws is logged and harms nobody; one that was undone meanwhile hears nothing more.
 */
export function createEventBus(log: TransportLog): EventBus {
  const listeners = new Map<EventName, Set<Listener>>();
  return {
    publish: (name, payload) => {
      const subscribed = listeners.get(name);
      if (subscribed === undefined) return;
      for (const entry of [...subscribed]) {
        if (!subscribed.has(entry)) continue;
        try {
          entry.hear(payload);
        } catch (error) {
          log.write('error', 'transport', `a listener to '${name}' failed`, { error });
        }
      }
    },
    subscribe: (name, listener) => {
      // Wrapped, so that the same function may listen twice and each undo ends its own subscription.
      const entry: Listener = { hear: (payload) => listener(payload as Events[typeof name]) };
      const subscribed = listeners.get(name) ?? new Set();
      listeners.set(name, subscribed.add(entry));
      return () => {
        subscribed.delete(entry);
      };
    },
  };
}

interface Listener {
  hear(payload: unknown): void;
}
