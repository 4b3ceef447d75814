/**
 * What may be handed on to QEMU from a definition, as data. A list of what is allowed, because what is harmful has no end:
 * nothing here can name a file, a program, a socket or a device of this computer, or touch what Vigil itself sets.
 */

/** A value made of `key=value` parts between commas. */
export interface OptionList {
  /** What may stand first without a key: the kind of thing, each with keys of its own; or a plain word. */
  readonly kinds?: Readonly<Record<string, Readonly<Record<string, RegExp>>>>;
  readonly first?: RegExp;
  readonly keys: Readonly<Record<string, RegExp>>;
}

export type ArgumentRule =
  | { readonly takes: 'nothing' }
  | { readonly takes: 'word'; readonly pattern: RegExp }
  | { readonly takes: 'options'; readonly options: OptionList };

const onOff = /^(?:on|off)$/;
const number = /^\d{1,10}$/;
const hex = /^(?:0x)?[0-9a-fA-F.]{1,8}$/;
const identifier = /^[A-Za-z][A-Za-z0-9._-]{0,31}$/;
/** Text that only the guest gets to see. */
const text = /^[^,]{0,200}$/;
const drives = /^[a-dn]{1,8}$/;

const place = { id: identifier, bus: identifier, addr: hex, multifunction: onOff };
const virtio = { ...place, 'disable-legacy': /^(?:on|off|auto)$/, 'disable-modern': onOff };
const usb = { id: identifier, bus: identifier, port: /^\d[\d.]{0,15}$/ };

/** Devices that are whole in themselves: none stands for anything of this computer. */
const devices: OptionList['kinds'] = {
  'virtio-rng-pci': { ...virtio, rng: identifier, 'max-bytes': number, period: number },
  'virtio-keyboard-pci': virtio,
  'virtio-mouse-pci': virtio,
  'virtio-tablet-pci': virtio,
  'virtio-scsi-pci': virtio,
  'qemu-xhci': { ...place, p2: number, p3: number },
  'usb-ehci': place,
  'piix3-usb-uhci': place,
  'usb-tablet': usb,
  'usb-mouse': usb,
  'usb-kbd': usb,
  'usb-hub': usb,
  'pci-bridge': { ...place, chassis_nr: number },
  'pvpanic-pci': place,
  i6300esb: place,
  vmgenid: { id: identifier, guid: /^(?:auto|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/ },
  ahci: place,
  'intel-hda': place,
};

export const allowedArguments: ReadonlyMap<string, ArgumentRule> = new Map<string, ArgumentRule>([
  [
    '-cpu',
    {
      takes: 'word',
      pattern:
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(?:,[+-]?[A-Za-z0-9._-]{1,40}(?:=(?:on|off|\d{1,10}|0x[0-9a-fA-F]{1,8}))?)*$/,
    },
  ],
  [
    '-rtc',
    {
      takes: 'options',
      options: {
        keys: {
          base: /^(?:utc|localtime|\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2})?)$/,
          clock: /^(?:host|rt|vm)$/,
          driftfix: /^(?:none|slew)$/,
        },
      },
    },
  ],
  [
    '-boot',
    {
      takes: 'options',
      options: {
        first: drives,
        keys: {
          order: drives,
          once: drives,
          menu: onOff,
          strict: onOff,
          'splash-time': number,
          'reboot-timeout': number,
        },
      },
    },
  ],
  [
    '-smbios',
    {
      takes: 'options',
      options: {
        keys: {
          type: /^\d{1,3}$/,
          uefi: onOff,
          ...Object.fromEntries(
            ['vendor', 'version', 'date', 'release', 'manufacturer', 'product', 'serial', 'uuid', 'sku', 'family']
              .concat('asset', 'location', 'sock_pfx', 'loc_pfx', 'bank', 'part', 'speed', 'value')
              .map((key) => [key, text]),
          ),
        },
      },
    },
  ],
  [
    '-fw_cfg',
    { takes: 'options', options: { keys: { name: /^opt\/[A-Za-z0-9][A-Za-z0-9._/-]{0,50}$/, string: text } } },
  ],
  ['-device', { takes: 'options', options: { kinds: devices, keys: {} } }],
  [
    '-object',
    {
      takes: 'options',
      options: { kinds: { 'rng-builtin': { id: identifier }, iothread: { id: identifier } }, keys: {} },
    },
  ],
  [
    '-global',
    {
      takes: 'options',
      options: {
        keys: {
          'kvm-pit.lost_tick_policy': /^(?:delay|discard)$/,
          'PIIX4_PM.disable_s3': /^[01]$/,
          'PIIX4_PM.disable_s4': /^[01]$/,
        },
      },
    },
  ],
  ['-icount', { takes: 'options', options: { keys: { shift: /^(?:auto|\d{1,2})$/, align: onOff, sleep: onOff } } }],
  ['-usb', { takes: 'nothing' }],
  ['-no-hpet', { takes: 'nothing' }],
  ['-no-fd-bootchk', { takes: 'nothing' }],
]);

/** Why what is asked for most is not taken; everything else is simply not on the list. */
export const refusedArguments: ReadonlyMap<string, string> = new Map(
  (
    [
      [
        'it would open a file of this computer',
        '-drive -blockdev -hda -hdb -hdc -hdd -fda -fdb -cdrom -sd -mtdblock -pflash -bios -dtb -acpitable -L -option-rom -snapshot -tpmdev',
      ],
      [
        'it would open a channel into the machine',
        '-chardev -monitor -mon -qmp -qmp-pretty -serial -parallel -debugcon -gdb -s -vnc -spice -semihosting -semihosting-config',
      ],
      ['it would share a folder of this computer', '-fsdev -virtfs -virtfs_synth'],
      ['the network of a machine is set by network, bridge, mac and forwards', '-netdev -net -nic'],
      ['it would bring in a program or a file of settings', '-plugin -readconfig -writeconfig -set -add-fd'],
      [
        'Vigil must know the process it started',
        '-run-with -D -d -trace -pidfile -daemonize -incoming -loadvm -S -preconfig -chroot -runas -user -sandbox -name -uuid -msg',
      ],
      [
        'what happens at a panic, a reset or a shutdown is set by Vigil',
        '-action -no-reboot -no-shutdown -watchdog -watchdog-action',
      ],
      ['the accelerator is found out, not chosen', '-accel -enable-kvm -machine -M'],
      ['it is set by cpus', '-smp'],
      ['it is set by memory', '-m -mem-path -mem-prealloc'],
      ['it is set by kernel, initrd and append', '-kernel -initrd -append'],
      ['a machine is shown in Vigil', '-display -vga -nographic -audiodev -audio -k'],
    ] as const
  ).flatMap(([reason, names]) => names.split(' ').map((name) => [name, reason] as const)),
);
