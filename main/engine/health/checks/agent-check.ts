import { type Check, good, silent, unknowable } from './check.ts';

/** Whether the guest agent answers. */
export const agentCheck: Check = {
  method: 'agent',
  subjects: ({ watch, power }) => (watch.check_agent && power !== null ? [null] : []),
  run: async (_subject, { watched: { id }, ports }) => {
    const look = await ports.askAgent(id);
    if (look === null) return unknowable('It was no moment to ask the guest agent.');
    return look.present
      ? good('Its guest agent answers.')
      : silent(look.reason, 'See whether qemu-guest-agent runs in the guest.');
  },
};
