import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachineProvider } from '../../../../main/engine/ports/machine-provider.ts';
import { atMonitor, createQemuRig, firmwareMachine, type QemuRig, work } from '../../../support/qemu.ts';

/** Real QEMU takes what the list allows, and never gets to see what it does not. */

let rig: QemuRig;
let provider: MachineProvider;

beforeEach(() => {
  rig = createQemuRig();
  provider = rig.provider();
});
afterEach(() => rig.end());

it('what is allowed is in force in the machine', async () => {
  const machine = firmwareMachine({
    network: 'nat',
    qemuArgs: [
      ...['-cpu', 'qemu64', '-rtc', 'base=2020-01-02T03:04:05,clock=vm', '-boot', 'order=c,menu=off', '-usb'],
      ...['-smbios', 'type=1,manufacturer=Acme / Sons,serial=42', '-fw_cfg', 'name=opt/org.example/key,string=hello'],
      ...['-object', 'rng-builtin,id=rng1', '-device', 'virtio-rng-pci,rng=rng1,id=rng2'],
      ...['-device', 'qemu-xhci,id=usb0', '-device', 'usb-tablet,id=tablet,bus=usb0.0'],
      ...['-global', 'PIIX4_PM.disable_s3=1'],
    ],
  });
  expect(await provider.examine(machine.config, null, new Map())).toEqual([]);
  await provider.create(machine, work());
  const { runtime } = await provider.start(machine, work());
  const tree = await atMonitor(runtime, 'human-monitor-command', { 'command-line': 'info qtree' });
  expect(tree).toContain('dev: usb-tablet, id "tablet"');
  expect(tree).toContain('dev: virtio-rng-pci, id "rng2"');
  const cpu = { path: '/machine/unattached/device[0]', property: 'type' };
  expect(await atMonitor(runtime, 'qom-get', cpu)).toBe('qemu64-x86_64-cpu');
  expect(await atMonitor(runtime, 'qom-get', { path: '/machine', property: 'rtc-time' })).toMatchObject({
    tm_year: 120,
    tm_mon: 0,
  });
});

it('what is not allowed is refused at the examination and, written into the definition later, at the start', async () => {
  const machine = firmwareMachine();
  const config = { ...machine.config, qemuArgs: ['-usb', '-chardev', 'file,id=x,path=/tmp/x'] };
  expect(await provider.examine(config, null, new Map())).toMatchObject([
    { field: 'qemuArgs.1', message: '"-chardev" is not taken: it would open a channel into the machine.' },
  ]);
  await provider.create(machine, work());
  await expect(provider.start({ ...machine, config }, work())).rejects.toMatchObject({ field: 'qemuArgs.1' });
  expect(rig.pids()).toEqual([]);
});
