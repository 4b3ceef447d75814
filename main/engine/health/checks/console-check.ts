import { type Check, good, silent } from './check.ts';

/** Whether a text that speaks of trouble has come up on the serial console. */
export const consoleCheck: Check = {
  method: 'console',
  subjects: ({ watch, power }) => (power === null ? [] : watch.check_console),
  run: async (subject, { watched: { id }, ports, consoleFrom }) => {
    const match = await ports.searchConsole(id, subject ?? '', consoleFrom);
    return match === null
      ? good('It has not come up on the console.')
      : silent(`The console says: ${match.text.trim()}`, 'Read its console around that line.');
  },
};
