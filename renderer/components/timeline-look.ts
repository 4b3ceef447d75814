import {
  Bell,
  BellMinus,
  BellOff,
  BellPlus,
  BellRing,
  CalendarClock,
  Camera,
  CircleSlash,
  Copy,
  Cpu,
  Eye,
  FileWarning,
  FlaskConical,
  Hand,
  HardDrive,
  HeartPulse,
  History,
  Link2,
  Lock,
  LockOpen,
  type LucideIcon,
  Moon,
  OctagonX,
  Pause,
  Pencil,
  Play,
  Plus,
  Power,
  RotateCw,
  ScrollText,
  Settings2,
  Square,
  Terminal,
  Trash2,
  TriangleAlert,
  Undo2,
  Wrench,
} from 'lucide-react';
import type { JournalAction, JournalEntry } from '../../main/contract/journal.ts';
import type { MarkKind } from './mark.tsx';

/** How an entry is marked: what went wrong has the shape of its state, everything else an icon. */
export type TimelineLook =
  | { readonly kind: 'mark'; readonly mark: MarkKind }
  | { readonly kind: 'icon'; readonly icon: LucideIcon };

const icon = (of: LucideIcon): TimelineLook => ({ kind: 'icon', icon: of });
const mark = (of: MarkKind): TimelineLook => ({ kind: 'mark', mark: of });

export const timelineLooks: Readonly<Record<JournalAction, TimelineLook>> = {
  'machine.created': icon(Plus),
  'machine.create-failed': mark('crit'),
  'machine.started': icon(Play),
  'machine.start-failed': mark('crit'),
  'machine.stopped': icon(Square),
  'machine.stop-failed': mark('crit'),
  'machine.restarted': icon(RotateCw),
  'machine.deleted': icon(Trash2),
  'machine.delete-failed': mark('crit'),
  'machine.ended': icon(Power),
  'machine.adopted': icon(Link2),
  'machine.quarantined': mark('unk'),
  'machine.paused': icon(Pause),
  'machine.resumed': icon(Play),
  'machine.panicked': mark('crit'),
  'machine.suspended': icon(Moon),
  'machine.edited': icon(Pencil),
  'machine.renamed': icon(Pencil),
  'machine.cloned': icon(Copy),
  'machine.imported': icon(Plus),
  'history.imported': icon(History),
  'machine.undeleted': icon(Undo2),
  'machine.purged': icon(Trash2),
  'machine.protected': icon(Lock),
  'machine.unprotected': icon(LockOpen),
  'machine.verb-failed': mark('crit'),
  'snapshot.taken': icon(Camera),
  'snapshot.reverted': icon(History),
  'snapshot.deleted': icon(Trash2),
  'snapshot.failed': mark('crit'),
  'disk.added': icon(HardDrive),
  'disk.grown': icon(HardDrive),
  'disk.checked': icon(HardDrive),
  'disk.compacted': icon(HardDrive),
  'operation.cancelled': icon(CircleSlash),
  'operation.interrupted': icon(OctagonX),
  'console.typed': icon(Terminal),
  'machine.deallocated': icon(Square),
  'machine.redeployed': icon(RotateCw),
  'machine.resized': icon(Pencil),
  'machine.command-ran': icon(Terminal),
  'machine.vanished': mark('unk'),
  'azure.machines-appeared': icon(Link2),
  'azure.opinion': icon(Link2),
  'azure.signed-in': icon(LockOpen),
  'azure.signed-out': icon(Lock),
  'azure.sign-in-needed': mark('warn'),
  'schedule.due': icon(CalendarClock),
  'schedule.skipped': icon(CircleSlash),
  'schedule.failed': mark('warn'),
  'host.added': icon(Plus),
  'host.removed': icon(Trash2),
  'machine.rebooted': icon(RotateCw),
  'health.changed': icon(HeartPulse),
  'watch.changed': icon(Eye),
  'healing.intended': icon(Wrench),
  'healing.done': icon(Wrench),
  'healing.failed': mark('crit'),
  'healing.interrupted': icon(OctagonX),
  'healing.refused': icon(Hand),
  'healing.rehearsed': icon(FlaskConical),
  'healing.gave-up': mark('crit'),
  'healing.released': icon(Undo2),
  'healing.paused': icon(Pause),
  'healing.resumed': icon(Play),
  'hook.ran': icon(ScrollText),
  'hook.failed': mark('warn'),
  'hook.refused': mark('warn'),
  'hook.begun': icon(ScrollText),
  'hook.approved': icon(ScrollText),
  'hook.changed': icon(ScrollText),
  'alert.fired': mark('warn'),
  'alert.resolved': icon(BellOff),
  'alert.flapping': mark('warn'),
  'alert.reminded': icon(BellRing),
  'alert.escalated': mark('crit'),
  'alert.acknowledged': icon(BellMinus),
  'alert.muted': icon(BellMinus),
  'alert.unmuted': icon(Bell),
  'alert.rules-changed': icon(BellPlus),
  'delivery.parked': mark('warn'),
  'delivery.resent': icon(ScrollText),
  'accelerator.fallback': icon(Cpu),
  'definition.rejected': icon(FileWarning),
  'settings.rejected': icon(FileWarning),
  'settings.changed': icon(Settings2),
  'engine.started': icon(Power),
  'engine.stopped': icon(Square),
  'storage.restored': icon(HardDrive),
  'storage.full': icon(TriangleAlert),
  'storage.recovered': icon(HardDrive),
};

type Told = Pick<JournalEntry, 'action' | 'details'>;

/** How an entry is marked; a turn of its health has the mark of where it turned to, an alert that of its severity. */
export function lookOf(entry: Told): TimelineLook {
  const { action, details } = entry;
  if (action === 'health.changed') return healthLooks[String(details.status)] ?? timelineLooks[action];
  if (action === 'alert.fired' && details.severity === 'critical') return mark('crit');
  return isBad(entry) && timelineLooks[action].kind === 'icon' ? mark('crit') : timelineLooks[action];
}

const healthLooks: Readonly<Record<string, TimelineLook>> = {
  healthy: mark('ok'),
  degraded: mark('warn'),
  unhealthy: mark('crit'),
  unknown: mark('unk'),
};

/** Whether a person did not want this. */
export function isBad({ action, details }: Told): boolean {
  if (timelineLooks[action].kind === 'mark') return true;
  if (action === 'health.changed') return details.status === 'unhealthy';
  return action === 'machine.ended' && details.unexpected === true;
}
