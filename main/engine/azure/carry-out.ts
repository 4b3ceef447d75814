import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import type { Azure } from '../ports/azure.ts';
import type { AzureWorkRecord } from '../ports/azure-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { afterFollowing, afterLooking, afterSending, type WorkOutcome, type WorkTurn } from './azure-work.ts';

export interface CarryOutPorts {
  readonly azure: Pick<Azure, 'send' | 'follow' | 'look' | 'clockAheadMs'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CarryOutContext {
  readonly signal: StopSignal;
  step(words: string): void;
}

/**
 * Takes an order through its life. What was learnt is durable before anything is done that rests on it; where the disk
 * refuses, the next engine knows less, and sends nothing for that. Rejects with `cancelled` when its signal says so: Azure
 * goes on with what it took.
 */
export async function carryOut(ports: CarryOutPorts, first: WorkTurn, context: CarryOutContext): Promise<WorkOutcome> {
  const { azure, clock } = ports;
  let turn = first;
  for (;;) {
    const { work, next } = turn;
    if (next.kind === 'end') return next.outcome;
    if (next.kind !== 'send') {
      context.step(next.kind === 'follow' ? 'Azure is at work' : 'Looking at what became of it');
      await pause(clock, next.inMs, context.signal);
    }
    turn = await take(work, next.kind);
    if (turn.next.kind === 'end') return turn.next.outcome;
    if (turn.work !== work) await keep(ports, turn.work);
    refuseCancelled(context.signal);
  }

  async function take(work: AzureWorkRecord, kind: 'send' | 'follow' | 'look'): Promise<WorkTurn> {
    switch (kind) {
      case 'send':
        context.step('Asking Azure');
        return afterSending(work, await azure.send(work.order, context.signal));
      case 'follow': {
        const progress = await azure.follow(work.order, work.ticket ?? '', context.signal);
        if (progress.kind === 'not-told') context.step(progress.fault.message);
        return afterFollowing(work, progress, clock.wallNow());
      }
      case 'look': {
        const answer = await azure.look(work.order.vm, work.order.urgent, context.signal);
        if (!answer.ok) context.step(answer.fault.message);
        return afterLooking(work, answer, clock.wallNow(), azure.clockAheadMs() ?? 0);
      }
    }
  }
}

async function keep({ ledger, log }: CarryOutPorts, work: AzureWorkRecord): Promise<void> {
  try {
    await ledger.commit([{ kind: 'azure-work-put', work }]);
  } catch (error) {
    log.write('warn', 'azure', 'how an order stands could not be written down', { machine: work.machineId, error });
  }
}

function refuseCancelled(signal: StopSignal): void {
  if (signal.aborted)
    throw new VigilError('cancelled', 'Vigil no longer waits for it; Azure goes on with what it took.');
}

function pause(clock: Clock, ms: number, signal: StopSignal): Promise<void> {
  refuseCancelled(signal);
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      undo();
      reject(new VigilError('cancelled', 'Vigil no longer waits for it; Azure goes on with what it took.'));
    };
    const undo = clock.after(ms, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
