import { describe, expect, it } from 'vitest';
import { productSources, violations } from './walker.ts';

describe('the product', () => {
  const sources = productSources();

  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(0);
  });

  it('imports only what the table allows, and uses one door per outside system', () => {
    expect(sources.flatMap(violations)).toEqual([]);
  });
});

/** A rule that never refused anything proves nothing: each of these must be refused, with its door named. */
const refused: readonly [file: string, text: string, says: string][] = [
  // The import table
  ['main/contract/a.ts', "import { a } from '../engine/engine.ts';", 'leans on nothing'],
  ['main/contract/a.ts', "import { join } from 'node:path';", 'contract may not import'],
  ['main/engine/a.ts', "import type { A } from '../adapters/qemu/a.ts';", 'main/engine/ports'],
  ['main/engine/a.ts', "export * from 'node:fs';", 'main/engine/ports'],
  ['main/engine/a.ts', "const a = await import('node:fs');", 'main/engine/ports'],
  ['main/engine/a.ts', "type A = import('electron').App;", 'main/engine/ports'],
  ['main/engine/a.ts', "const fs = require('fs');", 'main/engine/ports'],
  ['main/engine/a.ts', 'const a = await import(name);', "'name'"],
  ['main/engine/a.ts', "import 'zod';", 'main/engine/ports'],
  ['main/adapters/qemu/a.ts', "import { a } from '../sqlite/store.ts';", 'main/assemble.ts'],
  ['main/adapters/qemu/a.ts', "import { a } from '../../engine/fleet/fleet.ts';", 'main/engine/ports'],
  ['main/adapters/qemu/a.ts', "import Database from 'better-sqlite3';", 'main/adapters/sqlite'],
  ['main/adapters/ssh/a.ts', "import { notify } from 'node-notifier';", 'declare a new SDK'],
  ['main/transport/a.ts', "import { a } from '../engine/engine.ts';", 'passed in by the host'],
  ['main/assemble.ts', "import { a } from './electron/main.ts';", 'assemble.ts'],
  ['main/electron/a.ts', "import { a } from '../engine/engine.ts';", 'main/transport'],
  ['main/headless/a.ts', "import { app } from 'electron';", 'only main/electron'],
  ['main/cli/a.ts', "import { a } from '../transport/socket-server.ts';", 'is a client'],
  ['preload/preload.ts', "import { z } from 'zod';", 'the preload passes on'],
  ['renderer/a.tsx', "import { a } from '../main/engine/engine.ts';", 'renderer/client'],
  ['renderer/a.tsx', "import fs from 'node:fs';", 'renderer/client'],
  ['renderer/pages/a.tsx', "import { Area } from 'recharts';", 'renderer/client'],
  ['elsewhere/a.ts', '', 'belongs to no side'],
  // The doors
  ['main/engine/a.ts', 'const at = Date.now();', 'the clock port'],
  ['main/engine/a.ts', 'const at = new Date();', 'the clock port'],
  ['main/engine/a.ts', 'const at = new Date;', 'the clock port'],
  ['main/contract/a.ts', 'const a = Math.random();', 'from a port'],
  ['main/engine/a.ts', 'setTimeout(work, 1000);', 'the clock port'],
  ['main/transport/a.ts', 'setInterval(work, 1000);', 'schedule the next'],
  ['main/adapters/qemu/a.ts', "import { spawn } from 'node:child_process';", 'main/adapters/processes'],
  ['main/electron/a.ts', "const c = require('child_process');", 'main/adapters/processes'],
  ['main/cli/a.ts', 'process.kill(pid);', 'identity before signal'],
  ['main/assemble.ts', "import { DatabaseSync } from 'node:sqlite';", 'main/adapters/sqlite'],
  ['main/headless/a.ts', "import { Worker } from 'node:worker_threads';", 'main/adapters/sqlite'],
  ['main/cli/a.ts', "import { connect } from 'node:net';", 'main/transport'],
  ['main/electron/a.ts', "import { ipcMain } from 'electron';", 'main/electron/ipc.ts'],
  ['main/electron/a.ts', 'window.webContents.send(channel, value);', 'main/electron/ipc.ts'],
  ['renderer/pages/a.tsx', 'await window.vigil.call(name);', 'renderer/client'],
  ['main/electron/a.ts', 'const tray = new Tray(icon);', 'main/electron/tray-view.ts'],
  ['main/electron/a.ts', 'new Notification({ title }).show();', 'main/electron/notifications.ts'],
  ['main/electron/a.ts', 'await shell.openExternal(url);', 'main/electron/security.ts'],
  ['renderer/a.tsx', 'await fetch(url);', 'renderer/client'],
  ['renderer/a.tsx', 'const a = <p dangerouslySetInnerHTML={html} />;', 'React'],
  ['main/engine/a.ts', 'eval(text);', 'no door'],
];

describe('the rules refuse', () => {
  it.each(refused)('%s: %s', (file, text, says) => {
    const found = violations({ file, text: `// first line\n${text}` });
    expect(found.join('\n')).toContain(says);
    if (text) expect(found[0]).toMatch(new RegExp(`^${file.replaceAll('.', '\\.')}:2 `));
  });
});

/** And these must pass, or the rules would be in the way. */
const allowed: readonly [file: string, text: string][] = [
  ['main/engine/a.ts', "import type { Clock } from './ports/clock.ts';\nimport { b } from '../contract/machine.ts';"],
  ['main/engine/a.ts', 'const iso = new Date(atMs).toISOString();'],
  ['main/engine/a.ts', "// Date.now() is not for us\nconst word = 'setTimeout(';\nconst pattern = /Math.random/;"],
  ['main/engine/a.ts', 'const text = `setInterval takes $' + '{count}`;'],
  [
    'main/adapters/sqlite/worker.ts',
    "import { parentPort } from 'node:worker_threads';\nimport D from 'better-sqlite3';",
  ],
  ['main/adapters/processes/spawn.ts', "import { spawn } from 'node:child_process';"],
  ['main/adapters/qemu/qmp-client.ts', "import { connect } from 'node:net';\nimport { parse } from 'yaml';"],
  ['main/transport/socket-server.ts', "import { createServer } from 'node:net';"],
  [
    'main/cli/main.ts',
    "import { connect } from '../transport/socket-client.ts';\nimport { Command } from 'commander';",
  ],
  ['main/electron/ipc.ts', "import { ipcMain } from 'electron';"],
  ['main/electron/a.ts', "import { z } from 'zod';"],
  ['main/assemble.ts', "import { createDispatcher } from './transport/dispatcher.ts';"],
  ['main/adapters/notify/a.ts', "import { notify } from 'node-notifier';"],
  ['renderer/charts/plot.tsx', "import { Area } from 'recharts';"],
  ['renderer/client/client.ts', 'export const bridge = window.vigil;'],
  ['renderer/pages/a.tsx', "import { createRoot } from 'react-dom/client';\nconst a = <p>Call fetch() and eval()</p>;"],
];

describe('the rules allow', () => {
  it.each(allowed)('%s: %s', (file, text) => {
    expect(violations({ file, text })).toEqual([]);
  });
});
