import { VigilError } from '../../contract/failure.ts';
import type { SshWay } from '../../contract/ssh-way.ts';
import type { SshTarget } from '../ports/ssh.ts';

/**
 * The command line with which OpenSSH's own client goes where the health checks go: same address, account and key, and the
 * same files of host keys. A key that was taken on trust is kept under the machine's own name, in our own file; otherwise
 * the person's files come first, and their client asks them as it always does. Pure.
 */
export function sshWay(machine: string, target: SshTarget, home: string): SshWay {
  const { host, port, user, keyFile, hostKeyAlias, trustOnFirstUse } = target;
  // It stands where an option could stand.
  if (host.startsWith('-')) throw new VigilError('refused', `'${host}' is no address.`, { field: 'ssh_host' });
  const own = `${home}/known_hosts`;
  const persons = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2'];
  const files = trustOnFirstUse ? [quoted(own), ...persons] : [...persons, quoted(own)];
  const options = [
    ...(keyFile === null ? [] : [`IdentityFile=${quoted(keyFile)}`, 'IdentitiesOnly=yes']),
    `UserKnownHostsFile=${files.join(' ')}`,
    ...(hostKeyAlias === null ? [] : [`HostKeyAlias=${hostKeyAlias}`]),
    `StrictHostKeyChecking=${trustOnFirstUse ? 'accept-new' : 'ask'}`,
  ];
  return {
    machine,
    host,
    port,
    user,
    keyFile,
    knownHostsFile: own,
    command: ['ssh', '-p', String(port), '-l', user, ...options.flatMap((option) => ['-o', option]), host],
  };
}

/** As ssh reads it back: it expands `%` and `${…}`, and knows no way to write a quote in older versions. */
function quoted(file: string): string {
  if (file.includes('"') || file.includes('${')) {
    throw new VigilError('refused', `ssh cannot be told of the file ${file}: its name holds a quote or \${.`);
  }
  return `"${file.replaceAll('%', '%%')}"`;
}
