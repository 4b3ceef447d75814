import {
  ArrowRightLeft,
  Camera,
  CloudOff,
  Copy,
  CornerDownRight,
  HeartPulse,
  KeyRound,
  Lock,
  LockOpen,
  type LucideIcon,
  Moon,
  OctagonX,
  Pause,
  Pencil,
  Play,
  RotateCw,
  Scaling,
  ScrollText,
  Square,
  Tags,
  Terminal,
  Trash2,
  Unplug,
} from 'lucide-react';
import type { Machine, MachineVerb } from '../../main/contract/machine.ts';
import type { Operation } from '../../main/contract/operation.ts';

/** A verb as a person meets it; one verb of the engine may have a gentle and a forced form. */
export const shownVerbs = [
  'resume',
  'start',
  'stop',
  'deallocate',
  'restart',
  'pause',
  'suspend',
  'force-stop',
  'snapshot',
  'run-command',
  'resize',
  'redeploy',
  'tags',
  'why',
  'health',
  'console',
  'ssh',
  'clone',
  'rename',
  'protect',
  'unprotect',
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
  resume: { label: 'Resume', icon: Play, needs: 'resume' },
  start: { label: 'Start', icon: Play, needs: 'start' },
  stop: { label: 'Stop', icon: Square, needs: 'stop' },
  /** Asks first where the machine runs; off already, it is one press. */
  deallocate: { label: 'Deallocate', icon: CloudOff, needs: 'deallocate' },
  restart: { label: 'Restart', icon: RotateCw, needs: 'restart' },
  pause: { label: 'Pause', icon: Pause, needs: 'pause' },
  suspend: { label: 'Suspend', icon: Moon, needs: 'suspend' },
  snapshot: { label: 'Snapshot…', icon: Camera, needs: 'snapshot' },
  'run-command': { label: 'Run a script…', icon: ScrollText, needs: 'run-command' },
  resize: { label: 'Change size…', icon: Scaling, needs: 'resize' },
  redeploy: { label: 'Move to another host…', icon: ArrowRightLeft, needs: 'redeploy' },
  tags: { label: 'Tags…', icon: Tags, needs: 'tag' },
  clone: { label: 'Clone…', icon: Copy, needs: 'clone' },
  rename: { label: 'Rename…', icon: Pencil, needs: 'rename' },
  protect: { label: 'Protect', icon: Lock, needs: 'protect' },
  unprotect: { label: 'Unprotect', icon: LockOpen, needs: 'protect' },
  'force-stop': { label: 'Force stop…', icon: OctagonX, needs: 'stop' },
  why: { label: 'Why', icon: CornerDownRight, needs: null },
  health: { label: 'Health', icon: HeartPulse, needs: null },
  console: { label: 'Console', icon: Terminal, needs: 'console' },
  ssh: { label: 'SSH', icon: KeyRound, needs: 'ssh' },
  delete: { label: 'Delete…', icon: Trash2, needs: 'delete' },
  /** What a host that only answers SSH has in place of a deletion: nothing on it is touched. */
  remove: { label: 'Remove…', icon: Unplug, needs: 'delete' },
};

/** Its word for this machine: what asks first says so, and stopping a machine of Azure is not the end of its costs. */
export function verbLabel(verb: ShownVerb, { provider, state }: Machine): string {
  if (verb === 'stop' && provider === 'azure') return 'Stop…';
  if (verb === 'deallocate' && state !== 'stopped') return 'Deallocate…';
  return verbLooks[verb].label;
}

/** Looking is always possible; only a forced stop may overtake work that is under way. */
const duringWork: ReadonlySet<ShownVerb> = new Set(['why', 'health', 'console', 'ssh', 'force-stop']);

/** What can be done to a machine now. A stop under way leaves its forced form; any other work leaves both. */
export function verbsOf(machine: Machine, operation: Operation | undefined): readonly ShownVerb[] {
  return shownVerbs.filter((verb) => {
    const { needs } = verbLooks[verb];
    if (needs !== null && !machine.capabilities.includes(needs)) return false;
    if (verb === (machine.provider === 'ssh' ? 'delete' : 'remove')) return false;
    if (verb === (machine.protected ? 'protect' : 'unprotect')) return false;
    // What goes on does not begin: resuming says the same in the truer word.
    if (verb === 'start' && machine.capabilities.includes('resume')) return false;
    if (operation === undefined) return true;
    return duringWork.has(verb);
  });
}
