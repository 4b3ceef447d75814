import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { MachineProvider, ProvidedMachine } from '../../../../main/engine/ports/machine-provider.ts';
import { eventually } from '../../../support/eventually.ts';
import { tinyLinux } from '../../../support/guests/tiny-linux.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, work } from '../../../support/qemu.ts';
import { makeKeyPair } from '../../../support/sshd.ts';

/** A real QEMU with a Linux that has a shell on its serial line. */

const never = createStopSource().signal;
let rig: QemuRig;
let provider: MachineProvider;
let machine: ProvidedMachine & { readonly runtime: string };
let keys = '';
let logPath = '';

const logText = () => readFileSync(logPath, 'latin1');
const type = (text: string) => provider.console.write(machine, Buffer.from(text).toString('base64'));
const seen = (what: string, limitMs = 60_000) =>
  eventually(`the console says ${what}`, () => logText().includes(what), limitMs);

beforeAll(async () => {
  rig = createQemuRig();
  provider = rig.provider();
  keys = mkdtempSync('/tmp/vk-');
  const guest = await tinyLinux({ authorizedKey: makeKeyPair(keys, 'client').publicLine });
  const { kernel, initrd, append } = guest;
  const made = firmwareMachine({ kernel, initrd, append, memoryMib: 192 });
  await provider.create(made, work());
  const run = await provider.start(made, work());
  machine = { ...made, runtime: run.runtime };
  logPath = path.join(rig.home, 'machines', machine.id, 'console.log');
  await seen('tiny linux is up', 120_000);
}, 300_000);

afterAll(async () => {
  await rig.end();
  rmSync(keys, { recursive: true, force: true });
});

describe('the serial console', () => {
  it('answers what is typed', async () => {
    const { to } = await provider.console.follow(machine, { from: undefined, limit: 1, waitMs: 0 }, never);
    await type('echo $((6*7))-is-the-answer\n');
    let heard = '';
    for (let from = to; !heard.includes('42-is-the-answer'); ) {
      const part = await provider.console.follow(machine, { from, limit: 4096, waitMs: 20_000 }, never);
      expect(part).toMatchObject({ from, running: true, dropped: 0 });
      heard += Buffer.from(part.data, 'base64').toString('latin1');
      from = part.to;
    }
  });

  it('is typed at by several at once without losing a key', async () => {
    // Not before the shell has given the line to `cat`: what is typed ahead is the shell's to lose.
    await type('stty -echo; echo re\\ady; cat > /tmp/typed; wc -c < /tmp/typed; stty echo\n');
    await eventually('cat reads', () => /^ready\r?$/m.test(logText()));
    await Promise.all(Array.from({ length: 20 }, (_, index) => type(`${String(index).padStart(9, '0')}\n`)));
    await type('\x04');
    await eventually('the guest counts 200 characters', () => /^200\r?$/m.test(logText()), 20_000);
  });

  it('keeps every line once and holds the guest up for nobody, whoever follows and types', {
    timeout: 60_000,
  }, async () => {
    const lines = 3000;
    const from = logText().length;
    await type(`for i in $(seq 10001 ${10_000 + lines}); do echo line-$i; done; echo all-\\said\n`);
    // One reader that keeps up, one that asked once and never again, and an engine that goes away in the middle.
    let place = from;
    await eventually('the first lines are followed', async () => {
      place = (await provider.console.follow(machine, { from: place, limit: 512, waitMs: 100 }, never)).to;
      return logText().slice(from).includes('line-10100');
    });
    await provider.close();
    await eventually('all lines were said', () => /^all-said\r?$/m.test(logText().slice(from)), 30_000);
    const said = [
      ...logText()
        .slice(from)
        .matchAll(/^line-(\d+)\r?$/gm),
    ].map(([, number]) => Number(number));
    expect(said).toEqual(Array.from({ length: lines }, (_, index) => 10_001 + index));
    await provider.reconcile([machine]);
  });

  it('refuses keys while nobody reads them, and takes them again later', { timeout: 120_000 }, async () => {
    await atMonitor(machine.runtime, 'stop');
    const flood = async () => {
      for (let round = 0; round < 100; round += 1) await type('#'.repeat(3000));
    };
    await expect(flood()).rejects.toMatchObject({ code: 'refused' });
    await atMonitor(machine.runtime, 'cont');
    await eventually('keys are taken again', () => type('\x15echo set\\tled\n').then(() => true), 30_000);
    await eventually('the guest has read them all', () => /^settled\r?$/m.test(logText()), 60_000);
  });

  it('finds a line again', async () => {
    const { matches } = await provider.console.search(machine, { text: 'TINY LINUX', before: undefined, limit: 5 });
    expect(matches[0]?.text).toContain('tiny linux is up');
  });
});

describe('the screen', () => {
  it('is pictured as a PNG file of ours alone, and the picture is kept', async () => {
    await expect(provider.console.keptPicture(machine)).rejects.toMatchObject({ code: 'not-found' });
    const picture = await provider.console.takePicture(machine);
    expect(picture).toMatchObject({
      width: 720,
      height: 400,
      path: path.join(path.dirname(logPath), 'screenshot.png'),
    });
    expect(statSync(picture.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(picture.path).toString('base64')).toBe(picture.png);
    expect(await provider.console.keptPicture(machine)).toEqual(picture);
  });
});

describe('a machine that does not run', () => {
  it('is neither typed at nor pictured, and its log can still be read', { timeout: 30_000 }, async () => {
    const waiting = provider.console.follow(
      machine,
      { from: statSync(logPath).size, limit: 10, waitMs: 20_000 },
      never,
    );
    await provider.stop(machine, { force: true, acpiMs: 100 }, work());
    expect(await waiting).toMatchObject({ running: false });
    await expect(type('ls\n')).rejects.toMatchObject({ code: 'conflict' });
    await expect(provider.console.takePicture(machine)).rejects.toMatchObject({ code: 'conflict' });
    const past = await provider.console.follow(machine, { from: 0, limit: 65_536, waitMs: 0 }, never);
    expect(past.running).toBe(false);
    expect(past.to).toBeGreaterThan(0);
  });

  it('is typed at again after its next start', { timeout: 120_000 }, async () => {
    const from = logText().length;
    const run = await provider.start({ ...machine, generation: 2 }, work());
    machine = { ...machine, generation: 2, runtime: run.runtime };
    await eventually('it is up again', () => logText().slice(from).includes('tiny linux is up'), 90_000);
    await type('echo back-$((40+2))\n');
    await seen('back-42');
  });
});
