/** Wall-clock milliseconds as ISO 8601 UTC. The engine's one way to write a time down. */
export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
