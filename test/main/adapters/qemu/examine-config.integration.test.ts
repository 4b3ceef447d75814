import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { examineConfig } from '../../../../main/adapters/qemu/examine-config.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';

let folder = '';
let server: Server;
let busy = 0;
beforeEach(async () => {
  folder = mkdtempSync('/tmp/ve-');
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  busy = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const examine = (config: Partial<MachineConfig>, taken = new Map<number, string>(), held: readonly number[] = []) =>
  examineConfig({ config: { ...MachineConfig.parse({}), ...config }, taken, held: new Set(held), isRoot: false });
const fieldsOf = async (config: Partial<MachineConfig>) => (await examine(config)).map(({ field }) => field);
const to = (host: number) => ({ host, guest: 22 });

it('a plain configuration has no fault', async () => {
  expect(await examine({})).toEqual([]);
});

it('files that are missing, folders, empty or not given in full are told by field', async () => {
  const empty = path.join(folder, 'empty');
  writeFileSync(empty, '');
  const good = path.join(folder, 'good');
  writeFileSync(good, 'kernel');
  expect(await examine({ kernel: good, initrd: good, iso: good, append: 'quiet' })).toEqual([]);
  for (const bad of ['/nonexistent', folder, empty, 'relative', '/dev/null']) {
    expect(await fieldsOf({ kernel: bad, initrd: bad, iso: bad })).toEqual(['kernel', 'initrd', 'iso']);
  }
});

it('initrd and kernel arguments need a kernel', async () => {
  const file = path.join(folder, 'initrd');
  writeFileSync(file, 'x');
  expect(await fieldsOf({ initrd: file, append: 'quiet' })).toEqual(['initrd', 'append']);
});

it('a taken port is told with a free one', async () => {
  const [fault, ...others] = await examine({ forwards: [to(busy)] });
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ field: 'forwards.0.host', message: `Port ${busy} of this computer is taken.` });
  expect(await examine({ forwards: [to(Number(fault?.suggestion))] })).toEqual([]);
});

it('a port that the machine itself holds is no fault', async () => {
  expect(await examine({ forwards: [to(busy)] }, new Map(), [busy])).toEqual([]);
});

it("another machine's port is told with its name, a repeated and a low one too", async () => {
  const faults = await examine({ forwards: [to(40_001), to(40_002), to(40_002), to(80)] }, new Map([[40_001, 'web']]));
  expect(faults.map(({ field, message }) => `${field}: ${message}`)).toEqual([
    'forwards.0.host: Port 40001 belongs to the machine web.',
    'forwards.2.host: Port 40002 is forwarded twice.',
    'forwards.3.host: Port 80 needs administrator rights; take one from 1024 on.',
  ]);
});
