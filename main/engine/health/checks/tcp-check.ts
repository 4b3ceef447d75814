import { doorOf } from '../watched-machine.ts';
import { type Check, good, silent, unknowable } from './check.ts';

/** So long a connection through a forward is held: a machine that refuses has said so by then. */
const forwardHoldMs = 1000;

/** Whether a port of the machine takes a connection. */
export const tcpCheck: Check = {
  method: 'tcp',
  subjects: ({ watch }) => watch.check_tcp.map(String),
  run: async (subject, { watched, ports, timeoutMs, signal }) => {
    const port = Number(subject);
    const door = doorOf(watched, port);
    if (door === null) {
      return unknowable(
        `Nothing leads to its port ${port}.`,
        `Give the machine a forward to port ${port}, or say where it answers with ssh_host.`,
      );
    }
    const { host, port: at, isForward } = door;
    const limits = { timeoutMs, signal, ...(isForward ? { holdMs: Math.min(forwardHoldMs, timeoutMs / 2) } : {}) };
    const { finding, reason, durationMs } = await ports.probes.tcp(host, at, limits);
    switch (finding) {
      case 'ok':
        return {
          ...good(isForward ? `${reason} A forward does so for a machine that hangs, too.` : reason),
          durationMs,
        };
      case 'name-resolution':
        return { ...unknowable(reason, 'Check the name and this computer’s DNS.'), cause: 'name-resolution' };
      case 'not-tried':
      case 'tls':
      case 'no-http':
        return unknowable(reason);
      case 'refused':
      case 'timeout':
      case 'unreachable':
      case 'closed':
        return {
          ...silent(reason, `See whether anything listens at port ${port} of the machine, and its firewall.`),
          durationMs,
        };
    }
  },
};
