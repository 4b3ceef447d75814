import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { isObject } from './json-line-socket.ts';
import type { LiveMachine } from './live-machine.ts';
import type { QmpClient } from './qmp-client.ts';

export interface SnapshotJob {
  readonly command: 'snapshot-save' | 'snapshot-load' | 'snapshot-delete';
  readonly tag: string;
  /** Names of the nodes it concerns; the first one holds the memory. */
  readonly nodes: readonly string[];
  readonly limitMs: number;
  /** Asks the job to end. What it made until then is the caller's to remove. */
  readonly signal?: StopSignal;
}

/** Between looks when no word comes. */
const lookMs = 250;
/** How long a job that was asked to end may take: QEMU hears nothing while it writes memory. */
const graceMs = 30_000;
const listMs = 5000;

/**
 * Runs a job in QEMU to its end. Its answer is in the list of jobs, not in that of the command: the list is read, the
 * error in it thrown (`refused`), and the job dismissed whatever came of it. `timeout` when it does not end in time; it is
 * still there then.
 */
export async function runSnapshotJob(live: LiveMachine, clock: Clock, job: SnapshotJob): Promise<void> {
  const client = clientOf(live);
  const id = `${job.command}-${job.tag}`;
  const impatience = impatient(client, id, clock, job.signal);
  try {
    await Promise.race([perform(live, client, clock, id, job), impatience.promise]);
  } finally {
    impatience.undo();
  }
  if (job.signal?.aborted === true) throw new VigilError('cancelled', 'Cancelled.');
}

/** Waits for the end of every snapshot job of ours and dismisses it. */
export async function finishSnapshotJobs(live: LiveMachine, clock: Clock, limitMs: number): Promise<void> {
  const client = clientOf(live);
  const deadline = clock.monotonicNow() + limitMs;
  for (const { id } of await jobsOf(client)) {
    if (!isOurs(id)) continue;
    await concluded(live, client, clock, id, Math.max(1, deadline - clock.monotonicNow()));
    await client.execute('job-dismiss', { id }, { timeoutMs: listMs });
  }
}

async function perform(
  live: LiveMachine,
  client: QmpClient,
  clock: Clock,
  id: string,
  { command, limitMs, nodes, tag }: SnapshotJob,
): Promise<void> {
  const deadline = clock.monotonicNow() + limitMs;
  await client.execute(
    command,
    {
      'job-id': id,
      tag,
      devices: nodes,
      ...(command === 'snapshot-delete' ? {} : { vmstate: nodes[0] }),
    },
    // It answers when the memory is written: until then QEMU does nothing else.
    { timeoutMs: limitMs },
  );
  const error = await concluded(live, client, clock, id, Math.max(1, deadline - clock.monotonicNow()));
  await client.execute('job-dismiss', { id }, { timeoutMs: listMs });
  if (error !== null) throw new VigilError('refused', `QEMU refused: ${error}`);
}

/** The job's own error; null when it has none. */
async function concluded(
  live: LiveMachine,
  client: QmpClient,
  clock: Clock,
  id: string,
  limitMs: number,
): Promise<string | null> {
  const deadline = clock.monotonicNow() + limitMs;
  for (;;) {
    const changed = nextWord(live, clock, id);
    try {
      const job = (await jobsOf(client)).find((candidate) => candidate.id === id);
      if (job === undefined) throw new VigilError('internal', `QEMU's job ${id} was dismissed by somebody else.`);
      if (job.status === 'concluded') return job.error;
      if (clock.monotonicNow() >= deadline) {
        throw new VigilError('timeout', `QEMU's job ${id} did not end within ${Math.round(limitMs / 1000)} s.`);
      }
      await changed.promise;
    } finally {
      changed.undo();
    }
  }
}

interface Job {
  readonly id: string;
  readonly status: string;
  readonly error: string | null;
}

async function jobsOf(client: QmpClient): Promise<readonly Job[]> {
  const answer = await client.execute('query-jobs', undefined, { timeoutMs: listMs });
  if (!Array.isArray(answer)) return [];
  return answer.filter(isObject).map(({ error, id, status }) => ({
    id: String(id),
    status: String(status),
    error: typeof error === 'string' ? error : null,
  }));
}

function isOurs(id: string): boolean {
  return /^snapshot-(?:save|load|delete)-vigil-/.test(id);
}

/** Resolves with the next word about the job, or after a moment: a word may have come before anyone listened. */
function nextWord(live: LiveMachine, clock: Clock, id: string): { promise: Promise<void>; undo(): void } {
  let undo = (): void => {};
  const promise = new Promise<void>((resolve) => {
    const undoTimer = clock.after(lookMs, resolve);
    const undoListener = live.listen((event) => {
      if (event.name === 'JOB_STATUS_CHANGE' && event.data.id === id) resolve();
    });
    undo = () => {
      undoTimer();
      undoListener();
    };
  });
  return { promise, undo };
}

/** Rejects when the signal was given and the job has still not ended long after. */
function impatient(
  client: QmpClient,
  id: string,
  clock: Clock,
  signal: StopSignal | undefined,
): { readonly promise: Promise<never>; undo(): void } {
  let undoTimer = (): void => {};
  let give: (error: VigilError) => void = () => {};
  const promise = new Promise<never>((_resolve, reject) => {
    give = reject;
  });
  promise.catch(() => undefined);
  const onAbort = (): void => {
    // Refused when it has ended already.
    client.execute('job-cancel', { id }, { timeoutMs: graceMs }).catch(() => undefined);
    undoTimer = clock.after(graceMs, () =>
      give(new VigilError('cancelled', `Cancelled, but QEMU did not end its job ${id}.`)),
    );
  };
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  return {
    promise,
    undo: () => {
      undoTimer();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

function clientOf(live: LiveMachine): QmpClient {
  if (live.client === null) throw new VigilError('unreachable', "QEMU's monitor is gone.");
  return live.client;
}
