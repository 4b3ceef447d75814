import { app } from 'electron';

/** An engine that cannot stop in this time is as dead as one that was killed, and survives that too. */
const patienceMs = 5000;

/** Before the app ends, for whatever reason short of a kill, lets `stop` finish, for 5 s at most. */
export function leaveInOrder(stop: () => Promise<void>): void {
  let leaving = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const timer = setTimeout(() => app.exit(1), patienceMs);
    stop()
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        app.exit(0);
      });
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}
