import { useMemo } from 'react';
import type { Episode } from '../../../main/contract/alert.ts';
import { useClient } from '../../client/client-context.tsx';
import { useToast } from '../../components/toasts.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { topicOf } from './alert-words.ts';
import { useAct } from './use-act.ts';

export interface AlertVerbs {
  acknowledge(episode: Episode): void;
  snooze(episode: Episode, seconds: number, words: string): void;
  /** Nothing is told of its machine for an hour. */
  quiet(episode: Episode): void;
  /** Nothing is told at all for an hour. */
  quietAll(): void;
  end(mute: string): void;
}

const hourMs = 3_600_000;

/** What a person can do about an alert, each with its way back where there is one. */
export function useAlertVerbs(): AlertVerbs {
  const { connection } = useClient();
  const { act } = useAct();
  const toast = useToast();
  return useMemo(() => {
    const end = (mute: string): void => void act(() => connection.call('alert.remove-mute', { mute }));
    const said = (text: string, mute?: string): void =>
      toast({
        mark: 'ok',
        text: visibleText(text),
        ...(mute === undefined ? {} : { verb: { label: 'Undo', run: () => end(mute) } }),
      });
    return {
      end,
      acknowledge: (episode) =>
        void act(async () => {
          await connection.call('alert.acknowledge', { episode: episode.id });
          said(`${topicOf(episode)} is acknowledged: no reminders any more.`);
        }),
      snooze: (episode, seconds, words) =>
        void act(async () => {
          const mute = await connection.call('alert.snooze', {
            rule: episode.rule,
            seconds,
            ...(episode.machineId === null ? {} : { machine: episode.machineId }),
          });
          said(`${topicOf(episode)} is snoozed for ${words}. That it is over is told all the same.`, mute.id);
        }),
      quiet: (episode) =>
        void act(async () => {
          const mute = await connection.call('alert.plan-maintenance', {
            until: inAnHour(),
            ...(episode.machineId === null ? {} : { machine: episode.machineId }),
          });
          said(`Nothing is told of ${episode.machine ?? 'anything'} for an hour.`, mute.id);
        }),
      quietAll: () =>
        void act(async () => {
          const mute = await connection.call('alert.plan-maintenance', { until: inAnHour() });
          said('Nothing is told for an hour; afterwards what you do not know yet.', mute.id);
        }),
    };
  }, [act, connection, toast]);
}

function inAnHour(): string {
  return new Date(Date.now() + hourMs).toISOString();
}

/** Why it cannot be done to this alert now; undefined when it can. */
export function whyNotAcknowledged({ state, acknowledgedBy }: Episode): string | undefined {
  if (state !== 'firing') return 'It does not fire yet.';
  return acknowledgedBy === null ? undefined : `${acknowledgedBy} has acknowledged it.`;
}

/** A common cause has no rule that could be snoozed. */
export function whyNotSnoozed({ metric }: Episode): string | undefined {
  return metric === null ? 'A common cause cannot be snoozed; maintenance holds it back.' : undefined;
}
