import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { MachineDraft } from '../../../../main/contract/machine.ts';
import { commandLine } from '../../../../renderer/pages/new-machine/draft-command.ts';
import {
  type DraftForm,
  draftOf,
  emptyForm,
  fieldWord,
  formFaults,
  withField,
} from '../../../../renderer/pages/new-machine/draft-form.ts';
import { fitsOf } from '../../../../renderer/pages/new-machine/fit.ts';
import { storyHost } from '../../support/fleet-story.ts';

const form = (change: Partial<DraftForm>): DraftForm => ({ ...emptyForm, name: 'demo', ...change });

describe('the form as a draft', () => {
  it('is what the schema takes', () => {
    const full = form({
      tags: ['ci'],
      cpus: '4',
      forwards: [{ host: ' 2222', guest: '22 ' }],
      kernel: '/boot/vmlinuz',
      append: 'console=ttyS0',
      mac: '52:54:00:12:34:56',
    });
    expect(MachineDraft.parse(draftOf(full))).toMatchObject({
      name: 'demo',
      cpus: 4,
      memoryMib: 2048,
      diskMib: 20_480,
      tags: ['ci'],
      forwards: [{ host: 2222, guest: 22 }],
      kernel: '/boot/vmlinuz',
      append: 'console=ttyS0',
      mac: '52:54:00:12:34:56',
      start: true,
    });
  });

  it('carries every advanced field, and none that was left alone', () => {
    const full = form({
      diskPath: '/srv/images/old.qcow2',
      group: 'lab',
      firmware: 'uefi',
      preallocation: 'metadata',
      network: 'bridge',
      bridge: 'br0',
      qemuArgs: ' -rtc  base=localtime ',
    });
    expect(MachineDraft.parse(draftOf(full))).toMatchObject({
      diskPath: '/srv/images/old.qcow2',
      group: 'lab',
      firmware: 'uefi',
      preallocation: 'metadata',
      network: 'bridge',
      bridge: 'br0',
      qemuArgs: ['-rtc', 'base=localtime'],
    });
    expect(Object.keys(draftOf(form({}))).sort()).toEqual(['cpus', 'diskMib', 'memoryMib', 'name', 'start']);
  });

  it('has the defaults of the schema for what is left empty', () => {
    const { cpus, memoryMib, diskMib } = MachineDraft.parse(draftOf(form({ cpus: '', memoryMib: ' ', diskMib: '' })));
    expect([cpus, memoryMib, diskMib].map(String)).toEqual([emptyForm.cpus, emptyForm.memoryMib, emptyForm.diskMib]);
  });

  it.each([
    ['memoryMib', '8', 'At least 16 MiB of memory.'],
    ['memoryMib', '1e3', 'The memory is a whole number.'],
    ['memoryMib', '-5', 'The memory is a whole number.'],
    ['cpus', '0', 'At least 1 CPU.'],
    ['cpus', '2.5', 'The number of CPUs is a whole number.'],
    ['mac', '53:54:00:12:34:56', 'A MAC address is six pairs like 52:54:00:12:34:56, the first pair even.'],
  ])('%s of %s is refused beside its field', (field, value, message) => {
    expect(formFaults(withField(form({}), field, value))).toEqual([{ field, message }]);
  });

  it('offers a name that would do', () => {
    expect(formFaults(form({ name: ' Büild VM_2! ' }))).toMatchObject([{ field: 'name', suggestion: 'build-vm-2' }]);
  });

  it('names the side of a port that is wrong, and a port that stands there twice', () => {
    const forwards = [
      { host: '2222', guest: '22' },
      { host: '2222', guest: '0' },
    ];
    expect(formFaults(form({ forwards }))).toEqual([
      { field: 'forwards.1.guest', message: 'A port is 1 to 65535.' },
      { field: 'forwards.1.host', message: 'Port 2222 stands here twice.' },
    ]);
    expect(fieldWord('forwards.0.host', form({ forwards }))).toBe('port 2222');
  });

  it('a field that does not exist changes nothing', () => {
    expect(withField(form({}), '__proto__', 'x')).toEqual(form({}));
  });
});

describe('the form as a command', () => {
  it('says the advanced fields by their flags', () => {
    const line = commandLine(
      form({ firmware: 'uefi', diskPath: '/srv/a b.qcow2', qemuArgs: '-rtc base=utc', group: 'lab' }),
    );
    expect(line).toContain('--firmware uefi');
    expect(line).toContain("--disk-path '/srv/a b.qcow2'");
    expect(line).toContain('--qemu-arg=-rtc');
    expect(line).not.toContain('lab');
  });

  it('leaves out what is at its default', () => {
    expect(commandLine(form({ start: false }))).toBe('vigil create demo');
  });

  it('says every flag', () => {
    const full = form({
      cpus: '4',
      memoryMib: '64',
      diskMib: '16',
      forwards: [{ host: '2222', guest: '22' }],
      kernel: '/k',
      initrd: '/i',
      append: 'console=ttyS0 quiet',
      iso: '/c.iso',
      mac: '52:54:00:12:34:56',
    });
    expect(commandLine(full).split(' \\\n  ')).toEqual([
      'vigil create demo',
      '--cpus 4',
      '--memory 64',
      '--disk 16',
      '--forward 2222:22',
      '--kernel /k',
      '--initrd /i',
      "--append 'console=ttyS0 quiet'",
      '--iso /c.iso',
      '--mac 52:54:00:12:34:56',
      '--start',
    ]);
  });

  it('reaches a shell as one word each, whatever is typed', () => {
    const hostile = `it's; $(touch /tmp/x) \`id\` "q" \\ end`;
    const words = commandLine(form({ append: hostile, start: false })).replace('vigil', "printf '%s\\n'");
    const seen = execFileSync('/bin/sh', ['-c', words], { encoding: 'utf8' });
    expect(seen.split('\n')).toEqual(['create', 'demo', '--append', hostile, '']);
  });
});

describe('whether it fits', () => {
  const verdicts = (asked: { cpus: number | null; memoryMib: number | null; diskMib: number | null }) =>
    fitsOf(asked, storyHost).map(({ verdict, words }) => [verdict, words]);

  it('says what is left', () => {
    expect(verdicts({ cpus: 4, memoryMib: 4096, diskMib: 20_480 })).toEqual([
      ['fits', 'fits, 7.0 GiB left'],
      ['fits', 'fits, 5 left'],
      ['fits', 'fits, 98.2 GiB left'],
    ]);
  });

  it('says what one machine may have at most', () => {
    expect(verdicts({ cpus: 33, memoryMib: 40_000, diskMib: 200_000 })).toEqual([
      ['refused', 'at most 31.0 GiB'],
      ['refused', 'at most 32'],
      ['refused', 'at most 118.2 GiB'],
    ]);
  });

  it('warns where the sum is too much though the machine alone is not', () => {
    expect(verdicts({ cpus: 10, memoryMib: 16_384, diskMib: 118_000 }).map(([verdict]) => verdict)).toEqual([
      'tight',
      'tight',
      'tight',
    ]);
  });

  it('says nothing about what is no number, and its bars stay within their frame', () => {
    expect(verdicts({ cpus: null, memoryMib: null, diskMib: null }).map(([verdict]) => verdict)).toEqual([
      'unsaid',
      'unsaid',
      'unsaid',
    ]);
    for (const fit of fitsOf({ cpus: 900, memoryMib: 9_000_000, diskMib: 1 }, storyHost)) {
      expect(fit.promised + fit.asked).toBeLessThanOrEqual(1);
      expect(fit.tick ?? 0).toBeLessThan(1);
    }
  });
});
