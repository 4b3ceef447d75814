import { describe, expect, it } from 'vitest';
import { machineProcesses } from '../../../../main/adapters/qemu/machine-processes.ts';
import { macOf, qemuCommandLine } from '../../../../main/adapters/qemu/qemu-command-line.ts';
import { homeMark, machinePaths, runtimePaths } from '../../../../main/adapters/qemu/qemu-paths.ts';
import { parseMachineType, parseVersion } from '../../../../main/adapters/qemu/qemu-program.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';

const id = '0b5f6c1e-1111-4222-8333-444455556666';
const base = `/run/user/1000/vigil/${homeMark('/home/a')}`;

function argumentsFor(config: Partial<MachineConfig>, home = '/home/a') {
  return qemuCommandLine({
    id,
    name: 'demo',
    config: { ...MachineConfig.parse({}), ...config },
    paths: machinePaths(home, id),
    runtime: runtimePaths(base, id),
    machineType: 'pc-i440fx-7.2',
    accelerator: 'tcg',
    sandbox: 'on',
  });
}
const after = (argv: readonly string[], option: string) => argv[argv.indexOf(option) + 1];

describe("QEMU's arguments", () => {
  it('end with the further ones, so that these count', () => {
    expect(argumentsFor({ qemuArgs: ['-cpu', 'qemu64', '-usb'] }).slice(-3)).toEqual(['-cpu', 'qemu64', '-usb']);
  });

  it('lead to a bridge outside of the sandbox, or to the user network inside of it', () => {
    const bridged = argumentsFor({ network: 'bridge', bridge: 'br0' });
    expect([after(bridged, '-netdev'), bridged.includes('-sandbox')]).toEqual(['bridge,id=net0,br=br0', false]);
    for (const network of ['nat', 'default'] as const) {
      const argv = argumentsFor({ network });
      expect([after(argv, '-netdev'), after(argv, '-sandbox')]).toEqual(['user,id=net0', 'on']);
    }
  });

  it('carry the configuration', () => {
    const argv = argumentsFor({
      cpus: 3,
      memoryMib: 96,
      kernel: '/k',
      initrd: '/i',
      append: 'console=ttyS0, quiet',
      forwards: [
        { host: 2222, guest: 22 },
        { host: 8080, guest: 80 },
      ],
    });
    expect([after(argv, '-smp'), after(argv, '-m'), after(argv, '-uuid'), after(argv, '-name')]).toEqual([
      '3',
      '96M',
      id,
      'vigil-demo',
    ]);
    expect([after(argv, '-kernel'), after(argv, '-initrd'), after(argv, '-append')]).toEqual([
      '/k',
      '/i',
      'console=ttyS0, quiet',
    ]);
    expect(after(argv, '-netdev')).toBe('user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80');
    expect(argv.join(' ')).toContain(`mac=${macOf({ id, config: MachineConfig.parse({}) })},romfile=`);
  });

  it('double every comma of a path, so that none becomes an option', () => {
    const hostile = '/home/a,id=x,readonly=on';
    const doubled = hostile.replaceAll(',', ',,');
    const argv = argumentsFor({ iso: '/tmp/a,b.iso' }, hostile);
    expect(argv.filter((value) => value.includes('readonly')).every((value) => value.includes(doubled))).toBe(true);
    expect(argv.join(' ')).toContain('file.filename=/tmp/a,,b.iso');
  });

  it('take the chosen address, else one that stays the same', () => {
    expect(argumentsFor({ mac: '52:54:00:00:00:01' }).join(' ')).toContain('mac=52:54:00:00:00:01,');
    expect(macOf({ id, config: MachineConfig.parse({}) })).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(macOf({ id, config: MachineConfig.parse({}) })).toBe(macOf({ id, config: MachineConfig.parse({}) }));
  });

  it('are recognised again in a process list, by this data home alone', () => {
    const argv = ['/usr/bin/qemu-system-x86_64', ...argumentsFor({ forwards: [{ host: 2222, guest: 22 }] })];
    const process = { identity: { pid: 7, startTime: 1, bootId: 'b' }, argv };
    expect(machineProcesses([process], homeMark('/home/a'))).toMatchObject([
      {
        id,
        name: 'demo',
        accelerator: 'tcg',
        machineType: 'pc-i440fx-7.2',
        hostPorts: [2222],
        paths: { folder: `${base}/0b5f6c1e` },
      },
    ]);
    expect(machineProcesses([process], homeMark('/home/b'))).toEqual([]);
    const otherMachine = argv.map((value) => (value === id ? `1${id.slice(1)}` : value));
    expect(machineProcesses([{ ...process, argv: otherMachine }], homeMark('/home/a'))).toEqual([]);
  });
});

it('QEMU tells its version and what pc stands for', () => {
  expect(parseVersion('QEMU emulator version 7.2.22 (Debian 1:7.2)\nCopyright')).toBe('7.2.22');
  expect(
    parseMachineType('isapc  ISA-only\npc      Standard PC (i440FX + PIIX, 1996) (alias of pc-i440fx-7.2)\n'),
  ).toBe('pc-i440fx-7.2');
  expect([parseVersion('?'), parseMachineType('?')]).toEqual(['unknown', 'pc']);
});

it('a runtime folder that is too long for a socket is refused', () => {
  expect(() => runtimePaths(`/${'x'.repeat(100)}`, id)).toThrow(/too long for a socket/);
});
