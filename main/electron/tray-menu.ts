import type { MachineProviderKind, MachineVerb } from '../contract/machine.ts';
import type { Condition } from './machine-condition.ts';
import { inOneLine } from './one-line.ts';

/** Things the tray can be told to do. */
export type TrayAction =
  | { readonly kind: 'open' | 'open-alerts' | 'new-machine' | 'quit' }
  /** `at`: the moment to show, ISO 8601 UTC. */
  | { readonly kind: 'open-machine'; readonly machine: string; readonly at?: string }
  | { readonly kind: 'open-terminal'; readonly machine: string }
  | { readonly kind: 'acknowledge'; readonly episode: string }
  | { readonly kind: 'snooze'; readonly rule: string; readonly machine: string }
  /** `seconds` null: until a person lets it go on. */
  | { readonly kind: 'pause-healing'; readonly seconds: number | null }
  | { readonly kind: 'resume-healing' }
  | { readonly kind: TrayVerb; readonly machine: string };

/** What the tray can do to a machine without asking anything. */
export type TrayVerb =
  | 'start'
  | 'resume'
  | 'stop'
  | 'deallocate'
  | 'restart'
  | 'pause'
  | 'suspend'
  | 'snapshot'
  | 'force-stop';

export type TrayItem =
  | { readonly kind: 'separator' }
  /** Said, not offered. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'action'; readonly label: string; readonly enabled?: false; readonly action: TrayAction }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

/** One machine: its mark, how it is, and the verbs that are possible now. */
export function machineMenu(condition: Condition): TrayItem {
  const { machine } = condition;
  return {
    kind: 'submenu',
    label: `${markOf(condition)} ${inOneLine(machine.name, 64)}`,
    items: [
      { kind: 'text', label: stateLine(condition) },
      { kind: 'separator' },
      { kind: 'action', label: 'Open', action: { kind: 'open-machine', machine: machine.id } },
      ...(machine.capabilities.includes('ssh')
        ? [{ kind: 'action', label: 'SSH', action: { kind: 'open-terminal', machine: machine.id } } as const]
        : []),
      ...verbItems(condition),
    ],
  };
}

/** Healing is of the whole fleet: what is paused is let go on by the same place in the menu. */
export function healingItem(isPaused: boolean): TrayItem {
  if (isPaused) return { kind: 'action', label: 'Resume healing', action: { kind: 'resume-healing' } };
  return {
    kind: 'submenu',
    label: 'Pause healing',
    items: [
      { kind: 'action', label: 'For 1 hour', action: { kind: 'pause-healing', seconds: 3600 } },
      { kind: 'action', label: 'Until I resume it', action: { kind: 'pause-healing', seconds: null } },
    ],
  };
}

function markOf({ severity, machine }: Condition): string {
  if (severity === 'critical') return '✖';
  if (severity === 'warning' || severity === 'unknown') return '▲';
  if (severity === 'working') return '◐';
  // A host has no start that anybody here saw.
  return machine.startedAt === null && machine.state !== 'running' ? '○' : '●';
}

function stateLine({ word, operation, doing, reason }: Condition): string {
  if (operation !== null && doing !== null) {
    return inOneLine(
      `${doing[0]?.toUpperCase()}${doing.slice(1)}${operation.step === null ? '…' : `: ${operation.step}`}`,
      80,
    );
  }
  return inOneLine(reason === null ? word : `${word}: ${reason}`, 80);
}

interface VerbItem {
  readonly label: string;
  readonly kind: TrayVerb;
  readonly verb: MachineVerb;
}

const verbItemsInOrder: readonly VerbItem[] = [
  { label: 'Resume', kind: 'resume', verb: 'resume' },
  { label: 'Start', kind: 'start', verb: 'start' },
  { label: 'Stop', kind: 'stop', verb: 'stop' },
  { label: 'Deallocate', kind: 'deallocate', verb: 'deallocate' },
  { label: 'Restart', kind: 'restart', verb: 'restart' },
  { label: 'Pause', kind: 'pause', verb: 'pause' },
  { label: 'Suspend to disk', kind: 'suspend', verb: 'suspend' },
  { label: 'Take a snapshot', kind: 'snapshot', verb: 'snapshot' },
  { label: 'Force stop', kind: 'force-stop', verb: 'stop' },
];

/**
 * Idle, a machine offers what it can do and nothing else. While an operation runs, the verbs of a running machine stay in
 * place, locked unless they may pre-empt it: a menu should not change its shape under the pointer.
 */
function verbItems({ machine, operation }: Condition): readonly TrayItem[] {
  const can = ({ verb }: VerbItem) => machine.capabilities.includes(verb);
  if (operation === null) {
    return (
      verbItemsInOrder
        .filter(can)
        // What goes on does not begin.
        .filter(({ kind }) => kind !== 'start' || !machine.capabilities.includes('resume'))
        .map((item) => actionItem(wordedFor(item, machine.provider), machine.id, true))
    );
  }
  if (operation.kind === 'create' || operation.kind === 'delete') return [];
  return verbItemsInOrder
    .filter(({ kind }) => kind !== 'start' && kind !== 'resume' && isOfKind(kind, machine.provider))
    .map((item) =>
      actionItem(wordedFor(item, machine.provider), machine.id, can(item) && item.kind !== operation.kind),
    );
}

/** What a machine of this kind can ever do. */
function isOfKind(kind: TrayVerb, provider: MachineProviderKind): boolean {
  return provider === 'azure' ? kind !== 'pause' && kind !== 'suspend' : kind !== 'deallocate';
}

/** The tray asks nothing: the word has to say what goes on costing. */
function wordedFor(item: VerbItem, provider: MachineProviderKind): VerbItem {
  return provider === 'azure' && item.kind === 'stop' ? { ...item, label: 'Stop (still billed)' } : item;
}

function actionItem({ label, kind }: VerbItem, machine: string, enabled: boolean): TrayItem {
  return { kind: 'action', label, ...(enabled ? {} : { enabled: false as const }), action: { kind, machine } };
}
