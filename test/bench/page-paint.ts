import { eventually } from '../support/eventually.ts';
import type { RunningElectron } from './electron-app.ts';

/** For an app under measurement: lets `firstPaint` ask its page. The same for both sides. */
export const debuggingArguments = ['--remote-debugging-port=0', '--remote-allow-origins=*'] as const;

const limitMs = 30_000;

/**
 * Milliseconds from the start of the app until its window had painted `selector` and something to read. The page itself
 * knows when; asking does not have to be fast.
 */
export async function firstPaint(app: RunningElectron, selector: string): Promise<number> {
  const page = await debuggedPage(app);
  let paintedAt: number | null = null;
  await eventually(
    'an answer of the page',
    async () => {
      paintedAt = await evaluate(page, paintOf(selector));
      return paintedAt !== null;
    },
    limitMs,
  );
  return (paintedAt ?? Number.NaN) - (performance.timeOrigin + app.startedAt);
}

/** Resolves when the app has kept how its fleet looks, for the next start. */
export async function pictureKept(app: RunningElectron): Promise<void> {
  const page = await debuggedPage(app);
  const kept = "localStorage.getItem('first-picture')?.length ?? null";
  await eventually('a picture that is kept', async () => (await evaluate(page, kept)) !== null, limitMs);
}

/** Evaluates to wall-clock milliseconds; to null on the blank page that comes before the real one. */
function paintOf(selector: string): string {
  return `(async () => {
    if (location.href === 'about:blank') return null;
    const text = new Promise((resolve) => {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === 'first-contentful-paint') resolve(entry.startTime);
      }).observe({ type: 'paint', buffered: true });
    });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let seenAt = 0;
    while (!document.querySelector(${JSON.stringify(selector)})) seenAt = await frame();
    return performance.timeOrigin + Math.max(await text, seenAt);
  })()`;
}

async function debuggedPage({ child, said }: RunningElectron): Promise<string> {
  let address: string | undefined;
  await eventually(
    `a page to ask; the app said:\n${said()}`,
    async () => {
      if (child.exitCode !== null) throw new Error(`The app ended with ${child.exitCode}. It said:\n${said()}`);
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said())?.[1];
      if (port === undefined) return false;
      const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as DebugTarget[];
      address = targets.find(({ type, url }) => type === 'page' && !url.startsWith('about:'))?.webSocketDebuggerUrl;
      return address !== undefined;
    },
    limitMs,
  );
  return address ?? '';
}

interface DebugTarget {
  readonly type: string;
  readonly url: string;
  readonly webSocketDebuggerUrl: string;
}

/** Null when the page was not there yet or gave way to another one. */
function evaluate(address: string, expression: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const timer = setTimeout(() => finish(new Error('The page painted nothing.')), limitMs);
    const finish = (outcome: number | null | Error) => {
      clearTimeout(timer);
      socket.close();
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    socket.addEventListener('error', () => finish(new Error('The page does not answer.')));
    socket.addEventListener('open', () => {
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    });
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as {
        readonly id?: number;
        readonly result?: { readonly result?: { readonly value?: unknown } };
        readonly error?: unknown;
      };
      if (answer.id !== 1) return;
      const value = answer.result?.result?.value;
      const isEarly = answer.error !== undefined || value === null;
      if (isEarly) finish(null);
      else finish(typeof value === 'number' ? value : new Error(`The page answered ${String(data)}`));
    });
  });
}
