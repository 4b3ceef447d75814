import { ChartLine, CloudOff, Moon, Pause, Play, RotateCw, Square, Trash2, Unplug, X } from 'lucide-react';
import type { Machine } from '../../../main/contract/machine.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { verbsOf } from '../../components/machine-verbs.ts';
import { visibleText } from '../../format/visible-text.ts';
import { compareHref, go, mostCompared } from '../../route.ts';

const bulkVerbs = [
  { verb: 'start', label: 'Start', icon: Play, none: 'None of them can be started now' },
  { verb: 'stop', label: 'Stop', icon: Square, none: 'None of them can be stopped now' },
  { verb: 'deallocate', label: 'Deallocate', icon: CloudOff, none: null },
  { verb: 'restart', label: 'Restart', icon: RotateCw, none: 'None of them can be restarted now' },
  { verb: 'pause', label: 'Pause', icon: Pause, none: null },
  { verb: 'resume', label: 'Resume', icon: Play, none: null },
  { verb: 'suspend', label: 'Suspend', icon: Moon, none: null },
  { verb: 'delete', label: 'Delete…', icon: Trash2, none: 'None of them can be deleted now' },
  { verb: 'remove', label: 'Remove…', icon: Unplug, none: null },
] as const;

interface BulkBarProps {
  readonly machines: readonly Machine[];
  onClear(): void;
}

/** One verb for many: it goes to those that can follow it, and says to how many. */
export function BulkBar({ machines, onClear }: BulkBarProps) {
  const { run } = useActions();
  return (
    <section className="bulk-bar" aria-label="Selected machines">
      <b>{machines.length} selected</b>
      <span className="quiet cut grow">{machines.map(({ name }) => visibleText(name)).join(', ')}</span>
      <Button
        look="plain"
        size="small"
        icon={ChartLine}
        off={machines.length > mostCompared ? `At most ${mostCompared} machines can be compared` : undefined}
        onClick={() => go(compareHref(machines.map(({ id }) => id)))}
      >
        Compare
      </Button>
      {bulkVerbs.map(({ verb, label, icon, none }) => {
        const able = machines.filter(
          (machine) => machine.operation === null && verbsOf(machine, undefined).includes(verb),
        );
        // The seldom ones take no place while nobody can follow them.
        if (none === null && able.length === 0) return null;
        return (
          <Button
            key={verb}
            look="plain"
            size="small"
            icon={icon}
            off={able.length === 0 ? (none ?? undefined) : undefined}
            onClick={() => run(verb, able)}
          >
            {label}
            {able.length > 0 && able.length < machines.length ? <span className="quiet"> {able.length}</span> : null}
          </Button>
        );
      })}
      <Button look="plain" size="small" icon={X} onClick={onClear}>
        Clear <kbd>Esc</kbd>
      </Button>
    </section>
  );
}
