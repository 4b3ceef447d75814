import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CallInput, CallResult, ParsedInput } from '../contract/calls.ts';
import type { Connection } from '../contract/connection.ts';
import { VigilError } from '../contract/failure.ts';

export interface CsvParts {
  readonly connection: Connection;
  /** Asks the person where to, suggesting a name; null when they would rather not. */
  ask(suggested: string): Promise<string | null>;
}

/**
 * Writes the readings of one machine where the person wants them. The page never learns the place, and cannot choose it.
 * There is the old file or the whole new one, mode 0600. Rejects with `refused`.
 */
export async function saveCsv(
  { connection, ask }: CsvParts,
  { machine: reference, from, to, source }: ParsedInput<'desktop.save-csv'>,
): Promise<CallResult<'desktop.save-csv'>> {
  const { machine } = await connection.call('machine.get', { machine: reference });
  const file = await ask(suggestedName(machine.name, from));
  if (file === null) return { saved: false, rows: 0 };
  const asked = { machine: machine.id, from, to, ...(source === undefined ? {} : { source }) };
  return { saved: true, rows: await writeWhole(file, connection, asked) };
}

/** `web-1-2026-03-17.csv`: nothing of a machine's name can lead to another folder. */
export function suggestedName(machine: string, from: string): string {
  const plain = machine.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^\.+/, '');
  return `${plain === '' ? 'machine' : plain}-${from.slice(0, 10)}.csv`;
}

async function writeWhole(file: string, connection: Connection, asked: CallInput<'metrics.export'>): Promise<number> {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    let rows = 0;
    const handle = await open(draft, 'wx', 0o600);
    try {
      for (let after: string | null | undefined; after !== null; ) {
        const piece: CallResult<'metrics.export'> = await connection.call('metrics.export', {
          ...asked,
          ...(after === undefined ? {} : { after }),
        });
        await handle.write(piece.text);
        rows += piece.rows;
        after = piece.next;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return rows;
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (cause instanceof VigilError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VigilError('refused', `${file} could not be written: ${why}.`, { cause });
  }
}
