import { VigilError } from '../contract/failure.ts';

/** The engine as its host sees it. */
export interface HostedEngine {
  /** Resolves when someone asked the engine to end. */
  readonly shutdownRequested: Promise<void>;
  stop(): Promise<void>;
}

export interface HeadlessSurroundings {
  /** Takes the data home, reconciles and begins to answer. Rejects with `conflict` while another engine has the home. */
  assemble(home: string): Promise<HostedEngine>;
  readonly home: string;
  /** Told each request of the operating system to end. The result ends it. */
  onStopSignal(listener: (signal: string) => void): () => void;
  /** One line for whoever reads the log of this process. */
  say(line: string): void;
}

/** How long an engine may take to write down what it has and let go. */
const stopLimitMs = 15_000;

/**
 * The life of a headless engine, from taking its data home to its exit code: 0 when it ended because it was asked to,
 * 1 when it could not begin or not end in order. Machines go on running either way. A second signal does not wait.
 */
export async function runHeadless({ assemble, home, onStopSignal, say }: HeadlessSurroundings): Promise<number> {
  let isAsked = false;
  let ask: (reason: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => {
    ask = resolve;
  });
  let insist: () => void = () => undefined;
  const insisted = new Promise<'insisted'>((resolve) => {
    insist = () => resolve('insisted');
  });
  const undo = onStopSignal((signal) => {
    if (isAsked) insist();
    isAsked = true;
    ask(signal);
  });
  try {
    // A signal during the start waits for its end: half an engine cannot be stopped in order.
    const engine = await assemble(home);
    say(`engine ready, pid ${process.pid}, home ${home}`);
    const reason = await Promise.race([asked, engine.shutdownRequested.then(() => 'a request')]);
    say(`ending after ${reason}; machines go on running`);
    return await stopInOrder(engine, insisted, say);
  } catch (error) {
    say(error instanceof VigilError ? printed(error) : `the engine could not start: ${stackOf(error)}`);
    return 1;
  } finally {
    undo();
  }
}

async function stopInOrder(engine: HostedEngine, insisted: Promise<'insisted'>, say: (line: string) => void) {
  // The answer to whoever asked goes out first.
  await new Promise((resolve) => setImmediate(resolve));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), stopLimitMs);
  });
  const stopped = engine.stop().then(() => 'stopped' as const);
  const result = await Promise.race([stopped, insisted, late]).finally(() => clearTimeout(timer));
  if (result === 'stopped') return 0;
  say(result === 'late' ? `the engine did not end within ${stopLimitMs / 1000} s` : 'told twice: ending at once');
  return 1;
}

function printed({ message, hint }: VigilError): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
