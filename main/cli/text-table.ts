import { plainText } from './plain-text.ts';

export type Colour = 'green' | 'yellow' | 'red' | 'grey';

export interface Cell {
  readonly text: string;
  readonly colour?: Colour | undefined;
}

const codes: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, grey: 90 };

export function coloured(text: string, colour: Colour | undefined, hasColour: boolean): string {
  return hasColour && colour !== undefined ? `\u001b[${codes[colour]}m${text}\u001b[39m` : text;
}

/** Columns as wide as their widest cell, two spaces between them. Cells may hold text from anywhere: it is made plain. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[], hasColour: boolean): string {
  const cells = [head.map((text): Cell => ({ text })), ...rows].map((row) =>
    row.map(({ text, colour }) => ({ text: plainText(text), colour })),
  );
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column]?.text ?? ''))));
  return cells
    .map((row) =>
      row
        .map(({ text, colour }, column) => {
          const isLast = column === row.length - 1;
          const padding = isLast ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(text));
          return coloured(text, colour, hasColour) + padding;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function widthOf(text: string): number {
  return [...text].length;
}
