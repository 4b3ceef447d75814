import { describe, expect, it } from 'vitest';
import { allowedArguments, refusedArguments } from '../../../../main/adapters/qemu/allowed-arguments.ts';
import { argumentFaults } from '../../../../main/adapters/qemu/check-arguments.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const taken = (...args: string[]) => argumentFaults(args).length === 0;

describe('arguments for QEMU that are taken', () => {
  it.each([
    [['-cpu', 'max']],
    [['-cpu', 'Haswell-v4,+vmx,-tsc,pmu=off,level=13']],
    [['-rtc', 'base=localtime,clock=vm,driftfix=slew']],
    [['-rtc', 'base=2024-02-29T12:00:00']],
    [
      ['-boot', 'dc'],
      ['-boot', 'order=n,menu=on,strict=on'],
    ],
    [['-smbios', 'type=1,manufacturer=Acme Ltd.,product=Demo / 2,serial=ds=nocloud']],
    [['-smbios', 'type=11,value=io.systemd.credential:vmm=x']],
    [['-fw_cfg', 'name=opt/org.example/key,string=hello']],
    [['-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet,bus=usb.0,port=1']],
    [['-object', 'rng-builtin,id=rng1', '-device', 'virtio-rng-pci,rng=rng1,max-bytes=1024,period=1000']],
    [['-global', 'PIIX4_PM.disable_s3=1']],
    [
      ['-icount', 'shift=auto,sleep=off'],
      ['-usb', '-no-hpet'],
    ],
    [[]],
  ])('%j', (...lists) => {
    for (const args of lists) expect(argumentFaults(args)).toEqual([]);
  });
});

describe('arguments for QEMU that are not taken', () => {
  it.each([...refusedArguments.keys()])('%s, alone, with a value, joined to it and with two dashes', (name) => {
    for (const args of [[name], [name, 'x'], [`${name}=x`], [`${name},x`], [`-${name}`, 'x'], ['-usb', name, 'a=b']]) {
      expect(argumentFaults(args).length).toBeGreaterThan(0);
    }
    expect(argumentFaults([name, 'x'])[0]?.message).toContain(`"${name}" is not taken: ${refusedArguments.get(name)}.`);
  });

  it.each([
    // Files, sockets, programs and devices of this computer, by every door that is open a little.
    ['-device', 'vfio-pci,host=01:00.0'],
    ['-device', 'virtio-input-host-pci,evdev=/dev/input/event0'],
    ['-device', 'vhost-vsock-pci,guest-cid=3'],
    ['-device', 'virtio-9p-pci,fsdev=x,mount_tag=y'],
    ['-device', 'virtio-blk-pci,drive=disk0'],
    ['-device', 'virtserialport,chardev=qmp,name=x'],
    ['-device', 'usb-host,hostbus=1,hostaddr=1'],
    ['-device', 'usb-mtp,rootdir=/'],
    ['-device', 'virtio-net-pci,netdev=net0'],
    ['-device', 'virtio-rng-pci,romfile=/etc/passwd'],
    ['-device', 'virtio-rng-pci,,romfile=/etc/passwd'],
    ['-device', '{"driver":"vfio-pci"}'],
    ['-device', 'driver=vfio-pci'],
    ['-device', 'help'],
    ['-device', 'virtio-rng-pci,help'],
    ['-device', 'constructor'],
    ['-device', '__proto__,id=a'],
    ['-object', 'rng-random,filename=/dev/mem,id=r'],
    ['-object', 'secret,id=s,file=/etc/shadow'],
    ['-object', 'memory-backend-file,id=m,mem-path=/tmp/x,size=1G'],
    ['-object', 'filter-dump,id=d,netdev=net0,file=/tmp/x'],
    ['-object', 'input-linux,id=k,evdev=/dev/input/event0'],
    ['-object', 'qom-type=secret,id=s,file=/x'],
    ['-global', 'virtio-net-pci.romfile=/etc/passwd'],
    ['-global', 'driver=virtio-net-pci,property=romfile,value=/x'],
    ['-global', 'toString=1'],
    ['-smbios', 'file=/etc/passwd'],
    ['-smbios', 'type=11,path=/etc/passwd'],
    ['-smbios', 'type=1,serial=a,,file=/x'],
    ['-fw_cfg', 'name=opt/x,file=/etc/passwd'],
    ['-fw_cfg', 'name=etc/x,string=y'],
    ['-fw_cfg', 'name=opt/x,gen_id=y'],
    ['-boot', 'order=c,splash=/etc/passwd'],
    ['-boot', 'splash=/x'],
    ['-icount', 'shift=1,rr=record,rrfile=/tmp/x'],
    ['-cpu', 'help,/etc/passwd'],
    ['-cpu', 'max,x=/etc/passwd'],
    ['-cpu', '-drive'],
    ['-cpu', 'max,,drive'],
    ['-rtc', 'base=utc,file=/x'],
    // Things that are no option at all.
    ['/etc/passwd'],
    ['@/etc/passwd'],
    ['disk.img'],
    ['-usb', 'disk.img'],
    ['-'],
    ['--'],
    ['--cpu', 'max'],
    ['-cpu=max'],
    ['-cp', 'max'],
    ['-CPU', 'max'],
    ['-cpu'],
    ['-usb', '-device'],
    ['-dev', 'qemu-xhci'],
    [' -usb'],
    ['-usb '],
    ['-usb\u00a0'],
    ['-cpu max'],
    ['-__proto__'],
    ['constructor'],
  ])('%s %s', (...args) => {
    expect(taken(...args.filter((word) => word !== undefined))).toBe(false);
  });

  it('each fault names its place, the argument and the reason', () => {
    expect(argumentFaults(['-cpu', 'max', '-drive', 'file=/x', '-device', 'vfio-pci', 'disk.img'])).toEqual([
      {
        field: 'qemuArgs.2',
        message: '"-drive" is not taken: it would open a file of this computer.',
        hint: expect.stringContaining('-cpu'),
      },
      { field: 'qemuArgs.5', message: expect.stringContaining('"vfio-pci" is not one of') },
      {
        field: 'qemuArgs.6',
        message: '"disk.img" is not taken: it begins with no dash, so it names a disk.',
        hint: expect.any(String),
      },
    ]);
  });
});

describe('20,000 random lists', () => {
  const words = [
    ...allowedArguments.keys(),
    ...refusedArguments.keys(),
    ...['max', 'qemu-xhci', 'usb-tablet', 'virtio-rng-pci', 'rng-builtin', 'iothread', 'type=1', 'base=utc', 'order=c'],
    ...[
      'id=a',
      'rng=a',
      'file=/x',
      'path=/x',
      'romfile=/x',
      'filename=/x',
      'drive=disk0',
      'chardev=qmp',
      'netdev=net0',
    ],
    ...['/etc/passwd', '@x', '', ',', '=', '--', '-', ',,', 'help', '{}', 'vfio-pci', 'x=y', 'string=a', 'name=opt/a'],
  ];
  const names = [...allowedArguments.keys()];
  const random = seededRandom();

  /** What QEMU itself would make of a list: each option with the value behind it. */
  function asQemu(args: readonly string[]): readonly (readonly [string, string | null])[] {
    const pairs: (readonly [string, string | null])[] = [];
    for (let index = 0; index < args.length; index += 1) {
      const name = args[index] ?? '';
      const takesNothing = allowedArguments.get(name)?.takes === 'nothing';
      pairs.push([name, takesNothing ? null : (args[index + 1] ?? null)]);
      if (!takesNothing) index += 1;
    }
    return pairs;
  }

  it('let nothing through but allowed options with harmless values', () => {
    let through = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const args = Array.from({ length: 1 + random.below(3) }, () => {
        const name = random.pick(random.below(4) > 0 ? names : words);
        const value = Array.from({ length: 1 + random.below(3) }, () => random.pick(words));
        return random.below(5) === 0 ? [name] : [name, value.join(random.pick([',', ',', ',', '', '=']))];
      }).flat();
      if (argumentFaults(args).length > 0) continue;
      through += 1;
      for (const [name, value] of asQemu(args)) {
        expect(allowedArguments.has(name), JSON.stringify(args)).toBe(true);
        if (value === null) continue;
        if (name === '-cpu') {
          // A feature is a word with at most a number or a switch behind it.
          expect(value, JSON.stringify(args)).toMatch(/^[\w.-]+(?:,[+-]?[\w.-]+(?:=\w+)?)*$/);
          continue;
        }
        for (const part of value.split(',')) {
          expect(part.split('=')[0], JSON.stringify(args)).not.toMatch(
            /^$|^[-@/{]|file|path|^(?:drive|chardev|netdev|vfio-pci|help)$/,
          );
        }
      }
    }
    console.log(`extra arguments: 20000 lists, ${through} let through, seed=${random.seed}`);
    expect(through).toBeGreaterThan(50);
  });
});
