import { Webhook } from 'lucide-react';
import { useState } from 'react';
import { type HookEvent, hookEvents } from '../../../main/contract/hook.ts';
import { useMachines } from '../../client/use-engine.ts';
import { useHooks } from '../../client/use-hooks.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { scriptStates } from '../../components/script-state.ts';
import { HookEditor } from './hook-editor.tsx';

/** Scripts of a person's own: which machine tells which of what, and how that goes. */
export function HooksPage() {
  const { hooks, runs, error } = useHooks();
  const { value: machines } = useMachines();
  const [chosen, setChosen] = useState<{ readonly machine: string; readonly event: HookEvent } | null>(null);
  if (hooks === null || machines === null) {
    if (error === null) return <SkeletonRows count={8} what="the hooks" />;
    return (
      <p className="crit hook-note" role="alert">
        <ForeignText>{error.message}</ForeignText>
      </p>
    );
  }
  const all = [...machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (all.length === 0) {
    return (
      <EmptyState
        icon={<Webhook className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="No hooks yet"
      >
        A hook is a script of yours that runs when something happens to a machine. Make a machine first.
      </EmptyState>
    );
  }
  const hookOf = (id: string, event: HookEvent) => hooks.find((hook) => hook.machineId === id && hook.event === event);
  const first = hooks.find((hook) => hook.machineId !== null);
  const machine = all.find(({ id }) => id === (chosen?.machine ?? first?.machineId)) ?? all[0];
  const event = chosen?.event ?? first?.event ?? 'on_failure';
  return (
    <div className="hooks">
      <nav className="hook-tree" aria-label="Hooks of machines">
        {all.map(({ id, name }) => (
          <section key={id} aria-label={name}>
            <h2>
              <ForeignText>{name}</ForeignText>
            </h2>
            <ul>
              {hookEvents.map((each) => {
                const hook = hookOf(id, each);
                const look = hook === undefined ? null : scriptStates[hook.state];
                return (
                  <li key={each}>
                    <button
                      type="button"
                      className="hook-choice"
                      aria-current={(id === machine?.id && each === event) || undefined}
                      onClick={() => setChosen({ machine: id, event: each })}
                    >
                      {look === null ? <span className="hook-none" aria-hidden="true" /> : <Mark kind={look.mark} />}
                      <span className="grow">{each}</span>
                      <span className={look === null ? 'visually-hidden' : 'quiet small cut'}>
                        {look?.words ?? 'none'}
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </nav>
      {machine === undefined ? null : (
        <HookEditor
          key={`${machine.id} ${event}`}
          machine={machine}
          event={event}
          hook={hookOf(machine.id, event)}
          runs={runs.filter((run) => run.machineId === machine.id && run.event === event)}
        />
      )}
    </div>
  );
}
