import type { Bridge } from '../../../main/contract/bridge.ts';
import type { CallName } from '../../../main/contract/calls.ts';
import type { EngineNotice } from '../../../main/contract/engine-status.ts';
import type { EventMessage, EventName, Events } from '../../../main/contract/events.ts';
import { failureOf, VigilError } from '../../../main/contract/failure.ts';
import type { ForecastMetric } from '../../../main/contract/forecast.ts';
import { type HealingPause, healingNotice, type RestartPolicy } from '../../../main/contract/healing.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Operation } from '../../../main/contract/operation.ts';
import type { RollUpLevel } from '../../../main/contract/roll-up.ts';
import type { SampleMetric } from '../../../main/contract/sample.ts';
import { Settings } from '../../../main/contract/settings.ts';
import { alertAnswers } from './alert-story.ts';
import {
  storyBin,
  storyCrashes,
  storyHost,
  storyId,
  storyJournal,
  storyMachines,
  storyNotices,
  storyNow,
  storyOperations,
  storyStatus,
  storyWatch,
} from './fleet-story.ts';
import { storyForecast, storyForecasts } from './forecast-story.ts';
import { storyChecks, storyRehearsal, storyWhy } from './healing-story.ts';
import { storyComparison, storyGaps, storyHistory, storyNewest, storyRecent, storyRollUps } from './readings-story.ts';

export interface FakeBridge extends Bridge {
  /** Every call so far, in order; `subscribe` stands in it too. */
  readonly asked: readonly { readonly name: string; readonly input: unknown }[];
  publish<N extends EventName>(name: N, payload: Events[N]): void;
  /** Answers a call in another way from now on. */
  answer(name: CallName, answer: (input: Record<string, unknown>) => unknown): void;
}

const consoleLog = [
  '\u001b[1;32m[  OK  ]\u001b[0m Reached target \u001b[0;1;39mMulti-User System\u001b[0m.',
  '',
  'Debian GNU/Linux 13 build-vm ttyS0',
  '',
  'build-vm login: ada',
  ...Array.from(
    { length: 60 },
    (_, line) => `[ ${(5300 + line * 1.7).toFixed(6)}] cc1plus[${9800 + line}]: compiling unit ${line} of 60`,
  ),
  '[ 5412.118320] cc1plus invoked oom-killer: gfp_mask=0x140dca, order=0, oom_score_adj=0',
  '[ 5412.118388] Out of memory: Killed process 9960 (cc1plus) total-vm:1203344kB, anon-rss:988120kB',
  'make[2]: *** [CMakeFiles/core.dir/build.make:118: CMakeFiles/core.dir/parser.cc.o] Error 1',
  '',
].join('\r\n');

/** An engine that tells the story and obeys a few verbs, behind the same bridge that the preload script exposes. */
export function fakeBridge(machines: readonly Machine[] = storyMachines): FakeBridge {
  const asked: { name: string; input: unknown }[] = [];
  const listeners = new Set<(message: EventMessage) => void>();
  let settings = Settings.parse({});
  const operations = new Map<string, Operation>(
    machines.length > 0 ? storyOperations.map((each) => [each.id, each]) : [],
  );

  function publish<N extends EventName>(name: N, payload: Events[N]): void {
    for (const listener of [...listeners]) listener({ name, payload });
  }

  let pause: HealingPause = { paused: false };
  const notices = (): readonly EngineNotice[] => {
    if (!pause.paused) return storyNotices;
    const text = `Healing is paused ${pause.until === null ? 'until someone lets it go on' : `until ${pause.until}`}.`;
    const hint = 'Let it go on with `vigil lifecycle resume`.';
    const since = new Date(storyNow).toISOString();
    return [...storyNotices, { id: healingNotice, severity: 'warning', text, hint, since }];
  };
  function setPause(next: HealingPause): HealingPause {
    pause = next;
    publish('engine.notices-changed', notices());
    return pause;
  }

  function find(input: Record<string, unknown>): Machine {
    const machine = machines.find(({ id, name }) => id === input.machine || name === input.machine);
    if (machine === undefined) throw new VigilError('not-found', 'There is no such machine.');
    return machine;
  }

  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    ...alertAnswers(machines),
    'machine.list': () => machines,
    'forecast.list': (input) =>
      storyForecasts(machines).filter((each) =>
        [undefined, each.machineId].includes(input.machine as string | undefined),
      ),
    'forecast.get': (input) => storyForecast(find(input), input.metric as ForecastMetric),
    'machine.get': (input) => {
      const machine = find(input);
      const folder = `/home/ada/.vigil/machines/${machine.id}`;
      return {
        machine,
        config: {
          cpus: machine.cpus,
          memoryMib: machine.memoryMib,
          diskMib: machine.diskMib,
          kernel: '/srv/images/vmlinuz-6.12',
          append: 'console=ttyS0 root=/dev/vda1',
          forwards: machine.forwards,
          tags: machine.tags,
        },
        definitionPath: `/home/ada/.vigil/machines/${machine.name}.yaml`,
        diskPath: `${folder}/disk.qcow2`,
        diskUsedBytes: 12_884_901_888,
        disks: [],
        consoleLogPath: `${folder}/console.log`,
        acceleratorReason: machine.pid === undefined ? null : '/dev/kvm ran a guest in 0.2 s.',
      };
    },
    'machine.bin': () => storyBin,
    'machine.crashes': (input) => storyCrashes.filter(({ machineId }) => machineId === find(input).id),
    'machine.rehearse': () => [],
    'machine.create': () => {
      const operation: Operation = {
        id: storyId(950),
        machine: 'build-arm-2',
        machineId: storyId(50),
        kind: 'create',
        state: 'running',
        progress: 0.41,
        step: 'making the disk',
        startedAt: new Date(storyNow).toISOString(),
        endedAt: null,
        cancellable: true,
      };
      operations.set(operation.id, operation);
      publish('operation.changed', operation);
      return operation;
    },
    'operation.wait': () => new Promise(() => {}),
    'operation.list': () => [...operations.values()],
    'journal.list': (input) =>
      machines.length === 0
        ? []
        : storyJournal
            .filter(({ machineId }) => input.machine === undefined || machineId === input.machine)
            .filter(({ id }) => input.before === undefined || id < Number(input.before)),
    'console.read': (input) =>
      input.from === undefined
        ? { text: consoleLog, from: 0, to: consoleLog.length, size: consoleLog.length }
        : { text: '', from: input.from, to: input.from, size: consoleLog.length },
    'metrics.newest': () => storyNewest(machines),
    'metrics.recent': ({ machines: named }) =>
      storyRecent(machines).filter(
        ({ machineId }) => (named as readonly string[] | undefined)?.includes(machineId) ?? true,
      ),
    'metrics.history': (input) => storyHistory(find(input), String(input.from), String(input.to), Number(input.points)),
    'metrics.gaps': (input) => storyGaps(find(input), String(input.from), String(input.to), Number(input.points)),
    'metrics.roll-ups': (input) =>
      storyRollUps(find(input), String(input.from), String(input.to), input.level as RollUpLevel),
    'metrics.compare': (input) =>
      storyComparison(
        (input.machines as readonly string[]).map((machine) => find({ machine })),
        input.metric as SampleMetric,
        String(input.from),
        String(input.to),
        input.level as RollUpLevel,
      ),
    'lifecycle.status': (input) => {
      const machine = find(input);
      return [{ ...storyWatch(machine), checks: storyChecks(machine) }];
    },
    'machine.why': (input) => storyWhy(find(input)),
    'lifecycle.rehearse': (input) => storyRehearsal(find(input), input.policy as RestartPolicy),
    'lifecycle.healing-pause': () => pause,
    'lifecycle.pause': (input) => {
      const until =
        input.seconds === 'until-resumed' ? null : new Date(storyNow + Number(input.seconds) * 1000).toISOString();
      return setPause({ paused: true, until });
    },
    'lifecycle.resume': () => setPause({ paused: false }),
    'engine.status': () => storyStatus,
    'engine.notices': () => notices(),
    'host.describe': () =>
      machines.length === 0 ? { ...storyHost, promisedCpus: 0, promisedMemoryMib: 0 } : storyHost,
    'settings.get': () => settings,
    'settings.change': (input) => {
      settings = {
        ...settings,
        collection: { ...settings.collection, ...(input.collection as object) },
        desktop: { ...settings.desktop, ...(input.desktop as object) },
        healing: { ...settings.healing, ...(input.healing as object) },
      };
      publish('settings.changed', settings);
      return settings;
    },
  };

  return {
    asked,
    publish,
    answer: (name, answer) => {
      answers[name] = answer;
    },
    call: async (name, input) => {
      asked.push({ name, input });
      try {
        const answer = answers[name];
        if (answer === undefined) throw new VigilError('refused', 'This engine only tells a story.');
        return { ok: true, value: structuredClone(await answer((input ?? {}) as Record<string, unknown>)) };
      } catch (error) {
        return { ok: false, error: failureOf(error) };
      }
    },
    subscribe: (listener) => {
      asked.push({ name: 'subscribe', input: null });
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
