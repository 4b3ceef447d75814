import { CornerDownRight, type LucideIcon, OctagonX, Play, RotateCw, Square, Terminal, Trash2 } from 'lucide-react';
import type { Machine, MachineVerb } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';

/** A verb as a person meets it; one verb of the engine may have a gentle and a forced form. */
export const shownVerbs = ['start', 'stop', 'restart', 'force-stop', 'why', 'console', 'delete'] as const;
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
  console: { label: 'Console', icon: Terminal, needs: 'console' },
  delete: { label: 'Delete…', icon: Trash2, needs: 'delete' },
};

/** What can be done to a machine now. A stop under way leaves its forced form; any other work leaves both. */
export function verbsOf(machine: Machine, operation: Operation | undefined): readonly ShownVerb[] {
  return shownVerbs.filter((verb) => {
    const { needs } = verbLooks[verb];
    if (needs !== null && !machine.capabilities.includes(needs)) return false;
    if (operation === undefined) return true;
    // Only a forced stop may overtake work that is under way.
    return verb === 'why' || verb === 'console' || verb === 'force-stop';
  });
}
