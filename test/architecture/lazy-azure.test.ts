import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../scripts/project.mjs';

const folder = path.join(root, 'main', 'adapters', 'azure');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

/** Statements that load a library of Azure with the file they stand in. */
function eager(source: string): readonly string[] {
  return [...source.matchAll(/^(import|export)\b[^;]*?from '@azure\/[^']+';/gm)]
    .map(([statement]) => statement)
    .filter((statement) => !/^(import|export) type\b/.test(statement));
}

it('whoever has no machine in Azure loads none of its libraries', () => {
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap((name) => eager(readFileSync(path.join(folder, name), 'utf8')))).toEqual([]);
});

it('the check sees a library that is loaded with its file', () => {
  expect(eager("import { ComputeManagementClient } from '@azure/arm-compute';\n")).toHaveLength(1);
  expect(eager("import {\n  a,\n  type B,\n} from '@azure/msal-node';\n")).toHaveLength(1);
  expect(
    eager("import type { A } from '@azure/arm-compute';\nconst b = await import('@azure/arm-compute');\n"),
  ).toEqual([]);
});
