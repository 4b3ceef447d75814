import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A data home of its own, gone after the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), 'vigil-files-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}
