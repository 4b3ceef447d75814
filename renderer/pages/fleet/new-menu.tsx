import { ChevronDown, Cloud, Monitor, Plus, Terminal } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Button } from '../../components/button.tsx';
import { layerRoot } from '../../components/layer-root.ts';
import { addHostHref, go, newMachineHref, settingsHref } from '../../route.ts';

const items = [
  { label: 'Machine on this computer', icon: Monitor, href: newMachineHref },
  { label: 'Machines of Azure', icon: Cloud, href: settingsHref },
  { label: 'SSH host', icon: Terminal, href: addHostHref },
] as const;

/** The ways a machine comes into the fleet. */
export function NewMenu() {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button size="small" icon={Plus}>
          New
          <ChevronDown className="icon icon-tiny" aria-hidden="true" />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={layerRoot()}>
        <DropdownMenu.Content className="layer menu" align="end" sideOffset={4} collisionPadding={8}>
          {items.map(({ label, icon: Icon, href }) => (
            <DropdownMenu.Item className="menu-item" key={href} onSelect={() => go(href)}>
              <span className="menu-verb">
                <Icon className="icon" strokeWidth={1.6} aria-hidden="true" />
                {label}
              </span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
