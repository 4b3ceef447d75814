import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import { eventually } from '../eventually.ts';

/**
 * Setup of a test file that shows something: a display and a session bus of its own, so that files run side by side and
 * nothing reaches the desktop of whoever runs the tests. Both end with the file.
 */
if (process.platform === 'linux') {
  const display = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-noreset', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=3'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const end = () => {
    display.kill('SIGKILL');
    bus.kill('SIGKILL');
  };
  process.once('exit', end);
  afterAll(() => {
    process.removeListener('exit', end);
    end();
  });
  const [number, address] = await Promise.all([saidBy(display), saidBy(bus)]);
  process.env.DISPLAY = `:${number}`;
  process.env.DBUS_SESSION_BUS_ADDRESS = address;
  // The wrong display would be the one of whoever runs the tests.
  delete process.env.WAYLAND_DISPLAY;
  delete process.env.XAUTHORITY;
}

/** The one line that a server says about itself once it can be reached. */
async function saidBy(server: ChildProcess): Promise<string> {
  const output = server.stdio[3] as Readable;
  let text = '';
  let ended = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  server.once('error', (error) => {
    ended = error.message;
  });
  server.once('exit', (code) => {
    ended = `it ended with ${code}`;
  });
  await eventually(
    `${server.spawnfile} to say where it can be reached`,
    () => text.includes('\n') || ended !== '',
    30_000,
  );
  if (!text.includes('\n')) throw new Error(`${server.spawnfile} cannot be started: ${ended}.`);
  return text.trim();
}
