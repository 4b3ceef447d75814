import {
  CornerDownRight,
  HeartPulse,
  type LucideIcon,
  OctagonX,
  Play,
  RotateCw,
  Square,
  Terminal,
  Trash2,
  Unplug,
} from 'lucide-react';
import type { Machine, MachineVerb } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';

/** A verb as a person meets it; one verb of the engine may have a gentle and a forced form. */
export const shownVerbs = [
  'start',
  'stop',
  'restart',
  'force-stop',
  'why',
  'health',
  'console',
  'delete',
  'remove',
] as const;
export type ShownVerb = (typeof shownVerbs)[number];

export interface VerbLook {
  readonly label: string;
  readonly icon: LucideIcon;
  /** The capability it needs; null when looking is all it does. */
  readonly needs: MachineVerb | null;
}

export const verbLooks: Readonly<Record<ShownVerb, VerbLook>> = {
  start: { label: 'Start', icon: Play, needs: 'start' },
  stop: { label: 'Stop', icon: Square, needs: 'stop' },
  restart: { label: 'Restart', icon: RotateCw, needs: 'restart' },
  'force-stop': { label: 'Force stop…', icon: OctagonX, needs: 'stop' },
  why: { label: 'Why', icon: CornerDownRight, needs: null },
  health: { label: 'Health', icon: HeartPulse, needs: null },
  console: { label: 'Console', icon: Terminal, needs: 'console' },
  delete: { label: 'Delete…', icon: Trash2, needs: 'delete' },
  /** What a host that only answers SSH has in place of a deletion: nothing on it is touched. */
  remove: { label: 'Remove…', icon: Unplug, needs: 'delete' },
};

/** What can be done to a machine now. A stop under way leaves its forced form; any other work leaves both. */
export function verbsOf(machine: Machine, operation: Operation | undefined): readonly ShownVerb[] {
  return shownVerbs.filter((verb) => {
    const { needs } = verbLooks[verb];
    if (needs !== null && !machine.capabilities.includes(needs)) return false;
    if (verb === (machine.provider === 'ssh' ? 'delete' : 'remove')) return false;
    if (operation === undefined) return true;
    // Only a forced stop may overtake work that is under way.
    return verb === 'why' || verb === 'health' || verb === 'console' || verb === 'force-stop';
  });
}
