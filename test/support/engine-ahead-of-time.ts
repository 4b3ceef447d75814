import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { out } from '../../scripts/project.mjs';

/**
 * The engine as it is built, on a computer whose clock is ahead by as many milliseconds as the file `HOME.ahead` says: what
 * takes a day may happen between two of its lives. Run as a program with --home.
 */
const home = process.argv[process.argv.indexOf('--home') + 1] ?? '';
const aheadMs = Number(readFileSync(`${home}.ahead`, 'utf8'));
const now = Date.now;
globalThis.Date = new Proxy(Date, {
  construct: (date, args, made) => Reflect.construct(date, args.length === 0 ? [now() + aheadMs] : args, made),
  get: (date, key, asked) => (key === 'now' ? () => now() + aheadMs : Reflect.get(date, key, asked)),
});

await import(pathToFileURL(path.join(out, 'main', 'headless.mjs')).href);
