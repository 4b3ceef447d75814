import { createStopSource } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { Azure } from '../ports/azure.ts';
import type { AzureOpinion } from '../ports/azure-insight.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { AzureMachine } from './azure-view.ts';

/** What the platform itself says of a machine whose checks fail: a second opinion, and often the cause. Nothing waits for it. */
export interface AzureOpinions {
  /** A check of this machine fails, since then. Asked once for each failure, and again while it lasts. */
  doubt(id: string, since: number): void;
  stop(): Promise<void>;
}

export interface AzureOpinionsPorts {
  readonly azure: Pick<Azure, 'insight'>;
  readonly clock: Pick<Clock, 'wallNow'>;
  readonly ledger: Ledger;
  readonly log: Log;
  get(id: string): AzureMachine | undefined;
}

/** The platform and its log lag behind: the first word may be that all is well. */
const againMs = 300_000;
const logMs = 3_600_000;
/** Of a network that fails all machines fail: they are asked about some at a time, the others with their next check. */
const atOnce = 4;

interface Doubt {
  readonly since: number;
  readonly askedAt: number;
  readonly said: string | null;
}

export function createAzureOpinions(ports: AzureOpinionsPorts): AzureOpinions {
  const { azure, clock, ledger } = ports;
  const stopping = createStopSource();
  const doubts = new Map<string, Doubt>();
  const asking = new Set<Promise<void>>();

  const ask = async (machine: AzureMachine, before: Doubt): Promise<void> => {
    const { id, vm } = machine.record;
    const answer = await azure.insight.opinion(vm, before.since - logMs, stopping.signal);
    if (stopping.signal.aborted) return;
    if (!answer.ok) {
      ports.log.write('debug', 'azure', 'no second opinion', { machine: id, reason: answer.fault.message });
      return;
    }
    const said = wordsOf(vm.name, answer.value);
    if (said === null || said === before.said) return;
    doubts.set(id, { ...before, said });
    const { state, broughtAboutBy, reason } = answer.value;
    ledger.record([], {
      action: 'azure.opinion',
      actor: 'azure',
      machine: { id, name: vm.name },
      summary: said,
      details: { state, by: broughtAboutBy, reason },
    });
  };

  return {
    doubt: (id, since) => {
      const machine = ports.get(id);
      const known = doubts.get(id);
      const now = clock.wallNow();
      if (machine === undefined || asking.size >= atOnce || stopping.signal.aborted) return;
      const isSame = known?.since === since;
      if (isSame && now - known.askedAt < againMs) return;
      const doubt: Doubt = { since, askedAt: now, said: isSame ? known.said : null };
      doubts.set(id, doubt);
      for (const other of doubts.keys()) if (ports.get(other) === undefined) doubts.delete(other);
      const asked = ask(machine, doubt)
        .catch((error) => ports.log.write('error', 'azure', 'a second opinion failed', { machine: id, error }))
        .finally(() => asking.delete(asked));
      asking.add(asked);
    },
    stop: async () => {
      stopping.stop('stopped');
      await Promise.all(asking);
    },
  };
}

/** One sentence for a person; null where the platform says nothing. Pure. */
export function wordsOf(name: string, opinion: AzureOpinion): string | null {
  const { state, summary, broughtAboutBy, reason } = opinion;
  const said = summary === '' ? '' : ` ${summary}`;
  const log = lastAct(opinion);
  switch (state) {
    case 'unknown':
      return log === '' ? null : `Azure does not say how '${name}' is.${log}`;
    case 'available':
      return `Azure sees nothing wrong with '${name}' from outside.${log}`;
    case 'unavailable':
    case 'degraded': {
      const word = state === 'degraded' ? 'not quite well' : 'not available';
      const cause =
        broughtAboutBy === 'platform'
          ? ` The platform brought it about${reason === null ? '' : ` (${reason})`}.`
          : broughtAboutBy === 'somebody'
            ? ' Somebody asked for it.'
            : '';
      return `Azure says that '${name}' is ${word}.${said}${cause}${log}`;
    }
  }
}

function lastAct({ activities }: AzureOpinion): string {
  const [last] = activities;
  if (last === undefined) return '';
  const verb = /([^/]+)\/action$/.exec(last.operation)?.[1] ?? last.operation;
  return ` Last in its log: ${verb}${last.caller === null ? '' : ` by ${last.caller}`}, ${last.status.toLowerCase()}.`;
}
