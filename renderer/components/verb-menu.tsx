import { Ellipsis } from 'lucide-react';
import { ContextMenu, DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import type { Machine } from '../../main/contract/machine.ts';
import { useActions } from './actions.tsx';
import { Button } from './button.tsx';
import { layerRoot } from './layer-root.ts';
import { type ShownVerb, verbLabel, verbLooks } from './machine-verbs.ts';

interface VerbMenuProps {
  readonly machine: Machine;
  readonly verbs: readonly ShownVerb[];
}

/** Before which verb a line is drawn: what looks and what destroys stand apart. */
const startsGroup: ReadonlySet<ShownVerb> = new Set(['snapshot', 'why', 'clone', 'delete', 'remove']);

/*
 * Both menus are not modal: a modal one locks scrolling through a `<style>` element, which the page's policy refuses.
 */

/** The button with three dots. */
export function VerbMenuButton({ machine, verbs, ...rest }: VerbMenuProps & { readonly tabIndex?: number }) {
  const { run } = useActions();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="plain" size="small" icon={Ellipsis} aria-label={`More for ${machine.name}`} {...rest} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerRoot()}>
        <DropdownMenu.Content className="layer menu" align="end" sideOffset={4} collisionPadding={8}>
          {verbs.map((verb, index) => (
            <MenuVerb
              key={verb}
              verb={verb}
              machine={machine}
              isFirst={index === 0}
              item={(children) => (
                <DropdownMenu.Item className="menu-item" onSelect={() => run(verb, [machine])}>
                  {children}
                </DropdownMenu.Item>
              )}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The same behind a right click, Shift F10 or the menu key. */
export function VerbContextMenu({ machine, verbs, children }: VerbMenuProps & { readonly children: ReactElement }) {
  const { run } = useActions();
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal container={layerRoot()}>
        <ContextMenu.Content className="layer menu" collisionPadding={8}>
          {verbs.map((verb, index) => (
            <MenuVerb
              key={verb}
              verb={verb}
              machine={machine}
              isFirst={index === 0}
              item={(content) => (
                <ContextMenu.Item className="menu-item" onSelect={() => run(verb, [machine])}>
                  {content}
                </ContextMenu.Item>
              )}
            />
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

interface MenuVerbProps {
  readonly verb: ShownVerb;
  readonly machine: Machine;
  readonly isFirst: boolean;
  item(content: ReactElement): ReactElement;
}

function MenuVerb({ verb, machine, isFirst, item }: MenuVerbProps) {
  const { icon: Icon } = verbLooks[verb];
  return (
    <>
      {startsGroup.has(verb) && !isFirst ? <div className="menu-line" /> : null}
      {item(
        <span className={verb === 'delete' || verb === 'remove' ? 'menu-verb danger' : 'menu-verb'}>
          <Icon className="icon" strokeWidth={1.6} aria-hidden="true" />
          {verbLabel(verb, machine)}
        </span>,
      )}
    </>
  );
}
