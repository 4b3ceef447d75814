import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { engineSocketPath } from '../../../main/transport/engine-socket-path.ts';
import { socketPathLimitBytes } from '../../../main/transport/socket-folder.ts';

test('the socket has a short path of its own for each home, whatever the home is called', () => {
  const long = `/home/${'é'.repeat(600)}`;
  const places = ['/home/ada/.vigil', '/home/ada/other', long].map((home) => engineSocketPath(home, {}));
  expect(new Set(places).size).toBe(3);
  for (const place of places) {
    expect(place).toMatch(/^\/tmp\/vigil-\d+\/[0-9a-f]{8}-engine\/socket$/);
    expect(Buffer.byteLength(place)).toBeLessThanOrEqual(socketPathLimitBytes);
  }
});

test("it lies in the session's runtime folder when that is private, and only then", () => {
  const session = mkdtempSync(path.join(tmpdir(), 'vigil-session-'));
  try {
    expect(engineSocketPath('/h', { XDG_RUNTIME_DIR: session }).startsWith(`${session}/vigil/`)).toBe(true);
    chmodSync(session, 0o755);
    expect(engineSocketPath('/h', { XDG_RUNTIME_DIR: session }).startsWith('/tmp/vigil-')).toBe(true);
  } finally {
    rmSync(session, { recursive: true });
  }
});
