import type { HookEvent } from '../../contract/hook.ts';
import { LifecycleConfig, patchedWatch, WatchConfig, type WatchPatch } from '../../contract/lifecycle.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { LifecycleFile, LifecycleReading } from '../../engine/ports/lifecycle-file.ts';
import type { Log } from '../../engine/ports/log.ts';
import { addTomlTable, removeTomlTable, removeTomlValue, renameTomlTable, setTomlValue } from './edit-toml.ts';
import { createTomlFile, type TomlEdit, type TomlReading } from './toml-file.ts';

export interface LifecycleFileOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** `HOME/lifecycle-config.toml`: one table `[vms.NAME]` for each machine, its scripts in `[vms.NAME.hooks]`. */
export function createLifecycleFile(options: LifecycleFileOptions): LifecycleFile {
  const file = createTomlFile({
    ...options,
    name: 'lifecycle-config.toml',
    content: 'What is watched',
    schema: LifecycleConfig,
  });
  const readingOf = ({ value, fault }: TomlReading<LifecycleConfig>): LifecycleReading => ({ config: value, fault });
  return {
    read: async () => readingOf(await file.read()),
    change: async (machine, patch) =>
      readingOf(await file.change((text, present) => withPatch(text, present, machine, patch))),
    restore: async (machine, watch) =>
      readingOf(await file.change((text, present) => restored(text, present, machine, watch))),
    setHook: async (machine, event, hook) =>
      readingOf(await file.change((text, present) => withHook(text, present, machine, event, hook))),
    forget: async (machine) => readingOf(await file.change((text, present) => without(text, present, machine))),
    rename: async (from, to) => readingOf(await file.change((text, present) => renamed(text, present, from, to))),
    watch: (changed) => file.watch((reading) => changed(readingOf(reading))),
  };
}

function withPatch(
  before: string,
  present: LifecycleConfig,
  machine: string,
  patch: WatchPatch,
): TomlEdit<LifecycleConfig> {
  const table = ['vms', machine];
  const known = new Map(Object.entries(present.vms)).get(machine);
  const values = Object.entries(patch).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  // A machine without keys is watched as well, so its table must be there for itself.
  let text: string | null = known === undefined ? addTomlTable(before, table) : before;
  for (const [key, value] of values) {
    if (text === null) break;
    text = value === null ? removeTomlValue(text, table, key) : setTomlValue(text, table, key, value);
  }
  return { text, wanted: { ...present, vms: { ...present.vms, [machine]: patchedWatch(known, patch) } } };
}

function restored(
  before: string,
  present: LifecycleConfig,
  machine: string,
  kept: WatchConfig,
): TomlEdit<LifecycleConfig> {
  // Kept by an earlier version, it may lack keys that there are today.
  const watch = WatchConfig.parse(kept);
  const { hooks, ...keys } = watch;
  const usual = new Map<string, unknown>(Object.entries(WatchConfig.parse({})));
  const said = Object.entries(keys).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(usual.get(key)));
  const table = ['vms', machine];
  let text: string | null = addTomlTable(removeTomlTable(before, table), table);
  for (const [key, value] of said) {
    if (text !== null && value !== undefined) text = setTomlValue(text, table, key, value);
  }
  for (const [event, script] of Object.entries(hooks)) {
    if (text !== null && script !== undefined) text = setTomlValue(text, [...table, 'hooks'], event, script);
  }
  return { text, wanted: { ...present, vms: { ...present.vms, [machine]: watch } } };
}

function withHook(
  before: string,
  present: LifecycleConfig,
  machine: string,
  event: HookEvent,
  hook: string | null,
): TomlEdit<LifecycleConfig> {
  const table = ['vms', machine, 'hooks'];
  const watched = new Map(Object.entries(present.vms)).get(machine);
  if (watched === undefined && hook === null) return { text: before, wanted: present };
  const known = watched ?? WatchConfig.parse({});
  const { [event]: _old, ...others } = known.hooks;
  const hooks = hook === null ? others : { ...others, [event]: hook };
  const text = hook === null ? removeTomlValue(before, table, event) : setTomlValue(before, table, event, hook);
  return { text, wanted: { ...present, vms: { ...present.vms, [machine]: { ...known, hooks } } } };
}

function renamed(before: string, present: LifecycleConfig, from: string, to: string): TomlEdit<LifecycleConfig> {
  const known = new Map(Object.entries(present.vms));
  const moved = known.get(from);
  if (moved === undefined) return { text: before, wanted: present };
  // Two tables for one name would be a broken file: the text is refused then.
  const vms = Object.fromEntries([...known].map(([name, watch]) => [name === from ? to : name, watch]));
  return { text: renameTomlTable(before, ['vms', from], ['vms', to]), wanted: { ...present, vms } };
}

function without(before: string, present: LifecycleConfig, machine: string): TomlEdit<LifecycleConfig> {
  const rest = Object.entries(present.vms).filter(([name]) => name !== machine);
  if (rest.length === Object.keys(present.vms).length) return { text: before, wanted: present };
  return { text: removeTomlTable(before, ['vms', machine]), wanted: { ...present, vms: Object.fromEntries(rest) } };
}
