import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSystemdScope } from '../../../../main/adapters/processes/systemd-scope.ts';

// The user manager is a stand-in: its socket and a program in place of systemd-run that does what it is told, or fails.
let folder = '';
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync('/tmp/vs-');
  mkdirSync(path.join(folder, 'systemd'));
  server = createServer();
  await new Promise<void>((resolve) => server.listen(path.join(folder, 'systemd', 'private'), resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function standIn(exitCode: number): string {
  const program = path.join(folder, 'systemd-run');
  writeFileSync(program, `#!/bin/sh\nexit ${exitCode}\n`);
  chmodSync(program, 0o755);
  return program;
}

it('wraps a program where a user manager answers', async () => {
  const program = standIn(0);
  expect(await createSystemdScope(folder, program).wrap('/bin/q', ['-a', 'b'], 'vigil-1')).toEqual([
    program,
    ['--user', '--scope', '--quiet', '--collect', '--unit=vigil-1', '--', '/bin/q', '-a', 'b'],
  ]);
});

it('leaves it as it is where the manager refuses, is absent, or no systemd-run is installed', async () => {
  const plain = ['/bin/q', ['-a']];
  expect(await createSystemdScope(folder, standIn(1)).wrap('/bin/q', ['-a'], 'u')).toEqual(plain);
  expect(await createSystemdScope('/nonexistent', standIn(0)).wrap('/bin/q', ['-a'], 'u')).toEqual(plain);
  expect(await createSystemdScope(undefined, standIn(0)).wrap('/bin/q', ['-a'], 'u')).toEqual(plain);
  expect(await createSystemdScope(folder, null).wrap('/bin/q', ['-a'], 'u')).toEqual(plain);
});
