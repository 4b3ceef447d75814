import { ArrowRight, Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useMachines, useOperations } from '../client/use-engine.ts';
import { useActions } from '../components/actions.tsx';
import { ForeignText } from '../components/foreign-text.tsx';
import { Mark } from '../components/mark.tsx';
import { go } from '../route.ts';
import { type Command, paletteCommands } from './palette-commands.ts';

/** Every verb, machine and page behind one field. */
export function CommandPalette({ onClose }: { onClose(): void }) {
  const { value: machines } = useMachines();
  const operations = useOperations();
  const { run } = useActions();
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const commands = useMemo(() => {
    const running = new Map(
      [...operations.values()].filter(({ state }) => state === 'running').map((each) => [each.machineId, each]),
    );
    return paletteCommands(typed, [...(machines?.values() ?? [])], (machine) => running.get(machine.id));
  }, [typed, machines, operations]);
  const current = Math.min(index, commands.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-command="${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  function act(command: Command | undefined): void {
    if (command === undefined) return;
    onClose();
    if (command.act.kind === 'go') go(command.act.href);
    else if (command.machine !== null) run(command.act.verb, [command.machine]);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setIndex(commands.length === 0 ? 0 : (current + 1) % commands.length);
    else if (event.key === 'ArrowUp')
      setIndex(commands.length === 0 ? 0 : (current + commands.length - 1) % commands.length);
    else if (event.key === 'Enter') act(commands[current]);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <div className="scrim" />
        <Dialog.Content className="layer palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Search or run</Dialog.Title>
          <div className="palette-field">
            <Search className="icon" strokeWidth={1.6} aria-hidden="true" />
            <input
              type="text"
              role="combobox"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={commands.length === 0 ? undefined : `${id}-${current}`}
              aria-autocomplete="list"
              aria-label="Search or run"
              placeholder="restart build, a machine, a page"
              value={typed}
              maxLength={200}
              spellCheck={false}
              onChange={(event) => {
                setTyped(event.target.value);
                setIndex(0);
              }}
              onKeyDown={onKeyDown}
            />
            <kbd>Esc</kbd>
          </div>
          <div
            className="palette-list"
            role="listbox"
            id={`${id}-list`}
            aria-label="What can be done"
            ref={list}
            tabIndex={-1}
          >
            {commands.map((command, position) => (
              <CommandLine
                key={command.key}
                id={`${id}-${position}`}
                command={command}
                position={position}
                isFirstOfGroup={commands[position - 1]?.group !== command.group}
                isCurrent={position === current}
                onPoint={() => setIndex(position)}
                onAct={() => act(command)}
              />
            ))}
          </div>
          {commands.length === 0 ? (
            <div className="palette-none" role="status">
              Nothing fits. What is impossible now is not listed.
            </div>
          ) : null}
          <footer className="palette-foot">
            <kbd>↑</kbd> <kbd>↓</kbd> choose <kbd>Enter</kbd> run
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface CommandLineProps {
  readonly id: string;
  readonly command: Command;
  readonly position: number;
  readonly isFirstOfGroup: boolean;
  readonly isCurrent: boolean;
  onPoint(): void;
  onAct(): void;
}

function CommandLine({ id, command, position, isFirstOfGroup, isCurrent, onPoint, onAct }: CommandLineProps) {
  const { group, verb, machine, mark, aside } = command;
  return (
    <>
      {isFirstOfGroup ? (
        <div className="palette-group" role="presentation">
          {group}
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys */}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={isCurrent}
        className="palette-line"
        data-command={position}
        onPointerMove={onPoint}
        onClick={onAct}
      >
        {mark === null ? <ArrowRight className="icon icon-small" aria-hidden="true" /> : <Mark kind={mark} />}
        <span className="cut">
          {verb}
          {machine === null ? null : (
            <>
              {verb === '' ? null : ' '}
              {verb === '' ? (
                <ForeignText>{machine.name}</ForeignText>
              ) : (
                <b>
                  <ForeignText>{machine.name}</ForeignText>
                </b>
              )}
            </>
          )}
        </span>
        <span className="palette-aside">{group === 'Machines' ? `open, ${aside.toLowerCase()}` : aside}</span>
      </div>
    </>
  );
}
