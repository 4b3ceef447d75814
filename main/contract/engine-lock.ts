import { z } from 'zod';

/**
 * `HOME/engine.lock`: which engine has the data home, and where it listens. Written by the engine that holds it, read by
 * every face that looks for one. The file alone proves nothing: its owner may be dead. What decides is whether the
 * process with this pid, start time and boot id lives (for a second engine) or whether the socket answers (for a face).
 */
export const engineLockFile = 'engine.lock';

export const EngineLock = z.object({
  pid: z.int().min(1),
  /** As the processes port counts it; null where the system does not tell. */
  startTime: z.number().nullable(),
  bootId: z.string().nullable(),
  /** Absolute path of the local socket; it answers only once the engine has reconciled. */
  socket: z.string().min(1),
  host: z.enum(['app', 'headless']),
  version: z.string(),
});
export type EngineLock = z.infer<typeof EngineLock>;
