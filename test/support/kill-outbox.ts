import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { projectNode, root } from '../../scripts/project.mjs';
import { bundleForNode } from './bundle-for-node.ts';
import { eventually } from './eventually.ts';
import { badBehaviours, startHookReceiver } from './hook-receiver.ts';
import { type Arrival, episodeRecord, judgeArrivals, type OutboxReport } from './outbox-rounds.ts';
import { seededRandom } from './seeded-random.ts';

/** How much faster than real its clock runs: a minute is a second. */
const speed = 60;
const badShare = 0.3;

interface Life {
  readonly process: ChildProcess;
  tell(line: string): void;
  /** The newest line that begins like this. */
  heard(start: string): string | undefined;
  readonly lines: readonly string[];
  kill(): Promise<void>;
}

async function startLife(script: string, home: string, url: string, memory: 'kept' | 'lost'): Promise<Life> {
  const migrations = path.join(root, 'resources', 'migrations', 'state');
  const child = spawn(projectNode(), [script, home, url, String(speed), memory, migrations], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stdin.on('error', () => undefined);
  const life: Life = {
    process: child,
    lines,
    tell: (line) => void child.stdin.write(`${line}\n`),
    heard: (start) => lines.findLast((line) => line.startsWith(start)),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
  await eventually('an outbox that is ready', () => life.heard('ready'), 60_000);
  return life;
}

/**
 * Kills a real outbox with signal 9 again and again while alerts begin and end and its receiver fails in three of ten
 * tries, then lets the last one come to rest.
 */
export async function killOutbox(options: {
  readonly episodes: number;
  readonly kills: number;
  readonly seed?: number;
  /** `lost`: the control, an outbox that does not take up what an earlier life left. */
  readonly memory?: 'kept' | 'lost';
}): Promise<OutboxReport & { readonly seed: number; readonly unmarked: number }> {
  const random = seededRandom(options.seed);
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-outbox-'));
  const program = await bundleForNode('outbox', 'test/support/outbox-process.ts');
  const arrivals: (Arrival & { readonly isMarked: boolean })[] = [];
  let lostAnswers = 0;
  /** Alerts of the last message that was taken: unless another came after it, the word of that may be lost. */
  let lastTaken = 0;
  const bad = Object.values(badBehaviours);
  const receiver = await startHookReceiver((request, response, received) => {
    const { alerts, mayBeRepeat } = JSON.parse(request.body) as {
      readonly alerts: readonly Arrival[];
      readonly mayBeRepeat: boolean;
    };
    const take = (): void => {
      for (const { key, episode, tells } of alerts)
        arrivals.push({ channel: 'webhook', key, episode, tells, isMarked: mayBeRepeat });
    };
    lastTaken = 0;
    if (random.next() >= badShare) {
      take();
      lastTaken = alerts.length;
      response.writeHead(200).end('ok');
      return;
    }
    const behaviour = random.pick(bad);
    if (behaviour === badBehaviours['accept then drop']) {
      take();
      lostAnswers += alerts.length;
    }
    behaviour(request, response, received);
  }, false);
  try {
    const perLife = Math.ceil(options.episodes / Math.max(1, options.kills));
    const firing: number[] = [];
    const wanted = new Map<number, string[]>();
    let begun = 0;
    let kills = 0;
    let life = await startLife(program.file, home, receiver.url, options.memory ?? 'kept');
    const tellAll = async (lines: readonly string[]): Promise<void> => {
      for (const line of lines) life.tell(line);
      await eventually(
        'words that are on the disk',
        () => lines.every((line) => life.lines.includes(`said ${line}`)),
        60_000,
      );
    };
    while (kills < options.kills || begun < options.episodes) {
      const lines: string[] = [];
      for (let index = 0; index < perLife && begun < options.episodes; index++, begun++) {
        lines.push(`firing ${begun}`);
        wanted.set(begun, ['firing']);
        firing.push(begun);
      }
      while (firing.length > 0 && random.next() < 0.6) {
        const [number = 0] = firing.splice(random.below(firing.length), 1);
        if (lines.includes(`firing ${number}`)) continue;
        lines.push(`resolved ${number}`);
        wanted.get(number)?.push('resolved');
      }
      await tellAll(lines);
      await pause(random.below(250));
      await life.kill();
      lostAnswers += lastTaken;
      lastTaken = 0;
      kills += 1;
      life = await startLife(program.file, home, receiver.url, options.memory ?? 'kept');
    }
    const rest = [...wanted].filter(([, kinds]) => !kinds.includes('resolved')).map(([number]) => number);
    for (const number of rest) wanted.get(number)?.push('resolved');
    await tellAll(rest.map((number) => `resolved ${number}`));
    await eventually(
      'an outbox with nothing left to say',
      async () => {
        const before = life.lines.length;
        life.tell('open');
        await eventually('an answer', () => life.lines.length > before, 20_000);
        return options.memory === 'lost' || life.heard('open') === 'open 0';
      },
      240_000,
    );
    if (options.memory === 'lost') await pause(3000);
    await life.kill();
    const judged = judgeArrivals(
      arrivals,
      [...wanted].map(([number, kinds]) => ({ channel: 'webhook' as const, episode: episodeRecord(number).id, kinds })),
    );
    const seen = new Set<string>();
    const unmarked = arrivals.filter(({ episode, tells, isMarked }) => {
      const word = `${episode} ${tells.at(-1)}`;
      const isSecond = seen.has(word);
      seen.add(word);
      return isSecond && !isMarked;
    }).length;
    return {
      seed: random.seed,
      episodes: begun,
      kills,
      tries: receiver.received.length,
      lostAnswers,
      unmarked,
      ...judged,
    };
  } finally {
    await receiver.close();
    for (const folder of [home, program.folder]) rmSync(folder, { recursive: true, force: true });
  }
}
