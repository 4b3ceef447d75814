import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What one run of a script was handed. */
export interface ToldRun {
  readonly event: string;
  /** Every variable of ours, by name. */
  readonly environment: Readonly<Record<string, string>>;
  /** What came in on its input. */
  readonly input: unknown;
}

/** Writes a script that notes what it is told and by which event; answers with its path. */
export function writeTellingHook(folder: string, event: string): string {
  const script = path.join(folder, event);
  const lines = [
    '#!/bin/sh',
    `run="${folder}/told-${event}-$$"`,
    'cat > "$run.json"',
    `env | grep -E '^(VIGIL|AZLIN)_' | sort > "$run.part"`,
    'mv "$run.part" "$run.env"',
  ];
  writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o700 });
  return script;
}

/** Every run so far whose note is whole. */
export function toldByHooks(folder: string): readonly ToldRun[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.env'))
    .map((name) => {
      const lines = readFileSync(path.join(folder, name), 'utf8').trim().split('\n');
      return {
        event: name.split('-')[1] ?? '',
        environment: Object.fromEntries(
          lines.map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
        ),
        input: JSON.parse(readFileSync(path.join(folder, name.replace('.env', '.json')), 'utf8')),
      };
    });
}
