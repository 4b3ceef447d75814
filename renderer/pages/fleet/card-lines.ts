import type { Machine } from '../../../main/contract/machine.ts';
import type { FleetItem } from './fleet-items.ts';

/** A line of the card view: the head of a group, or as many cards as fit side by side. */
export type CardLine =
  | Extract<FleetItem, { kind: 'group' }>
  | { readonly kind: 'cards'; readonly key: string; readonly machines: readonly Machine[] };

export function cardLines(items: readonly FleetItem[], columns: number): readonly CardLine[] {
  const lines: CardLine[] = [];
  let open: Machine[] | null = null;
  for (const item of items) {
    if (item.kind === 'group') {
      lines.push(item);
      open = null;
      continue;
    }
    if (open === null || open.length >= columns) {
      open = [];
      lines.push({ kind: 'cards', key: `cards ${item.key}`, machines: open });
    }
    open.push(item.machine);
  }
  return lines;
}

/** The line and the place in it that an arrow leads to from another; a shorter line has its last card. */
export function cardBeside(
  lines: readonly CardLine[],
  { line, column }: { readonly line: number; readonly column: number },
  key: string,
): { readonly line: number; readonly column: number } | null {
  const width = (index: number): number => {
    const found = lines[index];
    return found === undefined ? 0 : found.kind === 'group' ? 1 : found.machines.length;
  };
  const last = lines.length - 1;
  switch (key) {
    case 'ArrowRight':
      if (column + 1 < width(line)) return { line, column: column + 1 };
      return line < last ? { line: line + 1, column: 0 } : null;
    case 'ArrowLeft':
      if (column > 0) return { line, column: column - 1 };
      return line > 0 ? { line: line - 1, column: width(line - 1) - 1 } : null;
    case 'ArrowDown':
      return line < last ? { line: line + 1, column: Math.min(column, width(line + 1) - 1) } : null;
    case 'ArrowUp':
      return line > 0 ? { line: line - 1, column: Math.min(column, width(line - 1) - 1) } : null;
    case 'Home':
      return { line: 0, column: 0 };
    case 'End':
      return { line: last, column: Math.max(0, width(last) - 1) };
    default:
      return null;
  }
}
