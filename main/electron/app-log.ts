import type { TransportLog } from '../transport/surroundings.ts';

/** What the app itself has to say goes to standard error; the engine keeps the log file. */
export const appLog: TransportLog = {
  write: (level, topic, message, fields) => {
    if (level === 'debug' || level === 'info') return;
    const { error } = fields ?? {};
    const cause =
      error === undefined ? '' : `: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    process.stderr.write(`${level} ${topic}: ${message}${cause}\n`);
  },
};
