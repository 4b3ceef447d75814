import type { Check } from './check.ts';

/** Whether one can log in: connection, handshake, host key, authentication. */
export const sshLoginCheck: Check = {
  method: 'ssh',
  subjects: ({ target }) => (target === null ? [] : [null]),
  run: (_subject, round) => round.ssh(),
};
