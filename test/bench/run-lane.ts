import { CannotRun, type Contest, type Lane } from './lane.ts';
import { type Comparison, compare, type Pair } from './statistics.ts';

export type LaneResult =
  | {
      readonly kind: 'measured';
      readonly lane: Lane;
      readonly comparison: Comparison;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'cannot-run'; readonly lane: Lane; readonly reason: string }
  | { readonly kind: 'crashed'; readonly lane: Lane; readonly reason: string };

/** What is left of a lane's time when it is closed all the same. */
const closeMs = 15_000;

/** Warm-up, then paired rounds; which side goes first changes with every round. Never throws. */
export async function runLane(lane: Lane, rounds: number, now = () => performance.now()): Promise<LaneResult> {
  const until = now() + lane.limitMs;
  const left = () => Math.max(1, until - now());
  let contest: Contest | null = null;
  try {
    contest = await within(left(), 'to get ready', lane.open());
    for (let warmUp = 0; warmUp < lane.warmUps; warmUp += 1) await measure(contest, warmUp, left);
    const pairs: Pair[] = [];
    while (pairs.length < rounds && (pairs.length === 0 || now() < until)) {
      pairs.push(await measure(contest, pairs.length, left));
    }
    const short = pairs.length < rounds ? [`Only ${pairs.length} of ${rounds} rounds fit into its time.`] : [];
    return { kind: 'measured', lane, comparison: compare(pairs), notes: [...short, ...(contest.notes?.() ?? [])] };
  } catch (error) {
    if (error instanceof CannotRun) return { kind: 'cannot-run', lane, reason: error.message };
    return { kind: 'crashed', lane, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    await within(closeMs, 'to close', contest?.close() ?? Promise.resolve()).catch((error: unknown) =>
      console.error(`${lane.id} ${lane.title}: ${error}`),
    );
  }
}

async function measure(contest: Contest, round: number, left: () => number): Promise<Pair> {
  const result = { ours: 0, reference: 0 };
  const sides = round % 2 === 0 ? (['ours', 'reference'] as const) : (['reference', 'ours'] as const);
  for (const side of sides) result[side] = await within(left(), `to measure ${side}`, contest[side]());
  if (!(result.ours >= 0 && result.reference > 0)) throw new Error(`No measurement: ${JSON.stringify(result)}`);
  return result;
}

async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than its time allows ${what}.`)), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
