/**
 * Processor time of this thread so far, in milliseconds. For work that never waits: unlike the time of day it does not grow
 * while others have the processor.
 */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
