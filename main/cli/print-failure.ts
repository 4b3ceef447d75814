import type { Failure } from '../contract/failure.ts';
import { plainText } from './plain-text.ts';

/** Fields whose flag has another name. */
const flags: Readonly<Record<string, string>> = {
  memoryMib: '--memory',
  diskMib: '--disk',
  cpus: '--cpus',
  forwards: '--forward',
  timeoutSeconds: '--timeout',
  state: '--filter',
  kernel: '--kernel',
  initrd: '--initrd',
  append: '--append',
  iso: '--iso',
  mac: '--mac',
  network: '--network',
  bridge: '--bridge',
  firmware: '--firmware',
  preallocation: '--preallocation',
  diskPath: '--disk-path',
  diskFormat: '--disk-format',
  qemuArgs: '--qemu-arg',
  fromFile: '--from-file',
  limit: '--limit',
  refreshInterval: '--refresh-interval',
  detachKey: '--detach-key',
  provider: '--provider',
  tag: '--tag',
  group: '--group',
  'change.cpus': '--cpus',
  'change.memoryMib': '--memory',
  'change.diskMib': '--disk',
  name: 'NAME',
  address: '--address',
  port: '--port',
  user: '--user',
  keyFile: '--key',
  'watch.check_interval_seconds': '--interval',
  'watch.health_check_timeout': '--timeout',
  'watch.ssh_failure_threshold': '--ssh-threshold',
  'watch.start_allowance_seconds': '--start-allowance',
  'watch.ssh_host': '--ssh-host',
  'watch.ssh_port': '--ssh-port',
  'watch.ssh_user': '--ssh-user',
  'watch.ssh_key': '--ssh-key',
  ssh_port: '--ssh-port',
};

/** A failure in words, for standard error: the flag at fault, the sentence, what to do next. */
export function printFailure({ message, field, hint }: Failure): string {
  const flag = field === undefined ? undefined : (flags[field] ?? flags[field.split('.')[0] ?? '']);
  const sentence = flag === undefined ? message : `${flag}: ${message}`;
  const lines = [`error: ${sentence}`, ...(hint === undefined ? [] : `hint: ${hint}`.split('\n'))];
  return lines.map(plainText).join('\n');
}
