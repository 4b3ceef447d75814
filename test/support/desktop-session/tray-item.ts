import { createHash } from 'node:crypto';
import { Variant } from 'dbus-next';
import { eventually } from '../eventually.ts';
import type { Bus } from './bus.ts';

export interface ShownTray {
  readonly title: string;
  readonly tooltip: string;
  readonly icon: ShownIcon;
}

export interface ShownIcon {
  /** Largest side of any picture, in pixels; 0 when none was given. */
  readonly size: number;
  /** Same picture, same hash. */
  readonly hash: string;
  /** Pixels that can be seen. */
  readonly visiblePixels: number;
}

export interface ShownMenuItem {
  readonly label: string;
  readonly enabled: boolean;
  readonly separator: boolean;
  readonly items: readonly ShownMenuItem[];
}

/** A tray icon as a desktop panel sees it. */
export interface TrayItemOnBus {
  read(): Promise<ShownTray>;
  menu(): Promise<readonly ShownMenuItem[]>;
  /** Chooses the item at this path of labels. Waits until it is there and enabled. State marks before a name do not count. */
  choose(labels: readonly string[]): Promise<void>;
  /** A left click. */
  activate(): Promise<void>;
}

const itemInterface = 'org.kde.StatusNotifierItem';
const menuInterface = 'com.canonical.dbusmenu';

export function trayItemOnBus(bus: Bus, destination: string, path = '/StatusNotifierItem'): TrayItemOnBus {
  const property = (name: string) => bus.property(destination, path, itemInterface, name);

  async function layout(): Promise<Node> {
    const menuPath = String(await property('Menu'));
    const target = { destination, path: menuPath, interface: menuInterface, member: 'GetLayout' };
    const [, root] = await bus.call(target, 'iias', [0, -1, []]);
    return nodeOf(root);
  }

  return {
    read: async () => {
      const [title, tooltip, pixmaps] = await Promise.all([
        property('Title'),
        property('ToolTip'),
        property('IconPixmap'),
      ]);
      return {
        title: String(title),
        // (icon name, pictures, title, description): a panel shows title and description.
        tooltip: (tooltip as unknown[]).slice(2).map(String).filter(Boolean).join(' '),
        icon: iconOf(pixmaps as readonly [number, number, Uint8Array][]),
      };
    },
    menu: async () => (await layout()).children.map(shown),
    choose: async (labels) => {
      // A menu that was replaced between looking and choosing answers with an error, and is looked at again.
      await eventually(`a tray menu item ${labels.join(' > ')}`, async () => {
        const id = find(await layout(), labels);
        if (id === null) return false;
        const target = { destination, path: String(await property('Menu')), interface: menuInterface, member: 'Event' };
        await bus.call(target, 'isvu', [id, 'clicked', new Variant('i', 0), 0]);
        return true;
      });
    },
    activate: async () => {
      await bus.call({ destination, path, interface: itemInterface, member: 'Activate' }, 'ii', [0, 0]);
    },
  };
}

interface Node {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly separator: boolean;
  readonly children: readonly Node[];
}

/** `(ia{sv}av)`, see the dbusmenu description. */
function nodeOf(raw: unknown): Node {
  const [id, properties, children] = raw as [number, Record<string, { value: unknown }>, { value: unknown }[]];
  return {
    id,
    // A single underscore marks the access key, a double one is an underscore.
    label: String(properties.label?.value ?? '').replace(/_(.)/g, '$1'),
    enabled: properties.enabled?.value !== false,
    separator: properties.type?.value === 'separator',
    children: children.map(({ value }) => nodeOf(value)),
  };
}

function shown({ label, enabled, separator, children }: Node): ShownMenuItem {
  return { label, enabled, separator, items: children.map(shown) };
}

function find(node: Node, labels: readonly string[]): number | null {
  const [label, ...rest] = labels;
  const child = node.children.find((each) => withoutMark(each.label) === label);
  if (child === undefined) return null;
  if (rest.length > 0) return find(child, rest);
  return child.enabled ? child.id : null;
}

function withoutMark(label: string): string {
  return label.replace(/^[●○◐▲✖] /, '');
}

function iconOf(pixmaps: readonly [number, number, Uint8Array][]): ShownIcon {
  const hash = createHash('sha1');
  let visiblePixels = 0;
  for (const [, , pixels] of pixmaps) {
    hash.update(pixels);
    // Alpha, red, green, blue.
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at] !== 0) visiblePixels += 1;
  }
  const size = Math.max(0, ...pixmaps.map(([width, height]) => Math.max(width, height)));
  return { size, hash: hash.digest('hex'), visiblePixels };
}
