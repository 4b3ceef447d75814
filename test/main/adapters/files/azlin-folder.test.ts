import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAzlinFolder } from '../../../../main/adapters/files/azlin-folder.ts';
import { temporaryHome } from './temporary-home.ts';

const read = (text: string) => {
  const folder = temporaryHome();
  writeFileSync(path.join(folder, 'lifecycle-config.toml'), text);
  return createAzlinFolder('/home/ada').read(folder);
};

describe('the folder of an older tool', () => {
  it('gives what each table says itself, and nothing of what it leaves out', async () => {
    const { machines, faults } = await read(
      '[vms.web]\nenabled = true\ncheck_interval_seconds = 120\nrestart_policy = "on-failure"\n\n[vms.db]\nssh_failure_threshold = 5\n',
    );
    expect(faults).toEqual([]);
    expect(machines).toEqual([
      { name: 'web', watch: { enabled: true, check_interval_seconds: 120, restart_policy: 'on-failure' }, hooks: {} },
      { name: 'db', watch: { ssh_failure_threshold: 5 }, hooks: {} },
    ]);
  });

  it('writes out the home of a person in the paths of scripts; an empty one is none', async () => {
    const { machines } = await read(
      '[vms.web.hooks]\non_start = ""\non_stop = "~/bin/tell.sh"\non_failure = "/opt/tell.sh"\n',
    );
    expect(machines[0]?.hooks).toEqual({ on_start: '', on_stop: '/home/ada/bin/tell.sh', on_failure: '/opt/tell.sh' });
  });

  it('names each thing that cannot be taken by its place, and takes the other machines', async () => {
    const { machines, faults } = await read(
      '[vms.web]\nrestart_policy = "sometimes"\n[vms.web.hooks]\non_stop = "bin/tell.sh"\non_never = "/x"\n[vms.old]\ncolour = "red"\n[vms.db]\nenabled = false\n',
    );
    expect(machines.map(({ name }) => name)).toEqual(['db']);
    expect(faults.map(({ field }) => field)).toEqual([
      'vms.web.restart_policy',
      'vms.web.hooks.on_stop',
      'vms.web.hooks',
      'vms.old',
    ]);
    expect(faults.every(({ message }) => message !== '')).toBe(true);
  });

  it('has nothing to say about its own engine', async () => {
    const { machines, faults } = await read('[daemon]\npid_file = "/run/x"\nlog_level = "LOUD"\n');
    expect([machines, faults]).toEqual([[], []]);
  });

  it.each([
    ['what is no TOML', 'vms = = 1'],
    ['tables that are none', 'vms = 3'],
    ['machines that are none', '[vms]\nweb = "yes"'],
    ['nothing but bytes', '\u0000\u0001'],
  ])('%s is one fault, not an error', async (_what, text) => {
    const { machines, faults } = await read(text);
    expect(machines).toEqual([]);
    expect(faults).toMatchObject([{ field: null, message: 'It is no TOML with tables [vms.NAME].' }]);
  });

  it('hooks that are no table are a fault of that machine', async () => {
    const { machines, faults } = await read('[vms.web]\nhooks = "all"\n');
    expect(machines).toEqual([]);
    expect(faults.map(({ field }) => field)).toEqual(['vms.web.hooks']);
  });

  it('is not there, or may not be read: both in words', async () => {
    const folder = temporaryHome();
    await expect(createAzlinFolder('/home/ada').read(folder)).rejects.toMatchObject({ code: 'not-found' });
    mkdirSync(path.join(folder, 'lifecycle-config.toml'));
    await expect(createAzlinFolder('/home/ada').read(folder)).rejects.toMatchObject({ code: 'refused' });
  });

  it('is only ever read', async () => {
    const folder = temporaryHome();
    const file = path.join(folder, 'lifecycle-config.toml');
    const text = '# mine\n[vms.web]\nenabled = true\n';
    writeFileSync(file, text, { mode: 0o400 });
    await createAzlinFolder('/home/ada').read(folder);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is refused when it is larger than any such file', async () => {
    await expect(read(`# ${'x'.repeat(300_000)}\n`)).rejects.toMatchObject({ code: 'refused' });
  });
});
