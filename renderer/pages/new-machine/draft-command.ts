import { argsOf, choiceFields, type DraftForm, emptyForm, sizeFields, textFields } from './draft-form.ts';

/** One line of the command: a flag with its value, and the field it comes from. */
export interface CommandPart {
  readonly field: string;
  readonly text: string;
}

const flags = {
  cpus: '--cpus',
  memoryMib: '--memory',
  diskMib: '--disk',
  kernel: '--kernel',
  initrd: '--initrd',
  append: '--append',
  iso: '--iso',
  mac: '--mac',
  diskPath: '--disk-path',
  bridge: '--bridge',
  firmware: '--firmware',
  preallocation: '--preallocation',
  network: '--network',
} as const;

/** The same machine as `vigil create`, flag by flag; what is at its default is left out. Tags and group have no flag. */
export function commandParts(form: DraftForm): readonly CommandPart[] {
  const name = form.name.trim();
  const parts: CommandPart[] = [{ field: 'name', text: `vigil create ${name === '' ? 'NAME' : quoted(name)}` }];
  for (const field of sizeFields) {
    const value = form[field].trim();
    if (value !== '' && value !== emptyForm[field]) parts.push({ field, text: `${flags[field]} ${quoted(value)}` });
  }
  form.forwards.forEach(({ host, guest }, index) => {
    const ports = `${host.trim() === '' ? 'HOST' : host.trim()}:${guest.trim() === '' ? 'GUEST' : guest.trim()}`;
    parts.push({ field: `forwards.${index}`, text: `--forward ${quoted(ports)}` });
  });
  for (const field of choiceFields) {
    if (form[field] !== emptyForm[field]) parts.push({ field, text: `${flags[field]} ${quoted(form[field])}` });
  }
  for (const field of textFields) {
    const value = form[field].trim();
    if (value !== '' && field !== 'group') parts.push({ field, text: `${flags[field]} ${quoted(value)}` });
  }
  for (const arg of argsOf(form)) parts.push({ field: 'qemuArgs', text: `--qemu-arg=${quoted(arg)}` });
  if (form.start) parts.push({ field: 'start', text: '--start' });
  return parts;
}

/** For the clipboard. */
export function commandLine(form: DraftForm): string {
  return commandParts(form)
    .map(({ text }) => text)
    .join(' \\\n  ');
}

/** As a POSIX shell needs it: one word, whatever stands in it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
