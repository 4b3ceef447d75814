import { type Check, good, silent, unknowable } from './check.ts';

/** Whether an address answers with a status from 200 to 399. */
export const httpCheck: Check = {
  method: 'http',
  subjects: ({ watch }) => watch.check_http,
  run: async (subject, { ports, timeoutMs, signal }) => {
    const { finding, reason, status } = await ports.probes.http(subject ?? '', { timeoutMs, signal });
    switch (finding) {
      case 'ok':
        return status !== null && status >= 200 && status <= 399
          ? good(reason)
          : silent(reason, 'See the log of the service for why it answers so.');
      case 'name-resolution':
        return { ...unknowable(reason, 'Check the name and this computer’s DNS.'), cause: 'name-resolution' };
      case 'tls':
        return { ...unknowable(reason, 'Check the certificate of the service.'), cause: 'protocol' };
      case 'not-tried':
        return unknowable(reason);
      case 'refused':
      case 'timeout':
      case 'unreachable':
      case 'closed':
      case 'no-http':
        return silent(reason, 'See whether the service runs on the machine.');
    }
  },
};
