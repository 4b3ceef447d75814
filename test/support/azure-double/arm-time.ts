/** `2026-11-16T23:22:35.2005190+00:00`: seven digits, and an offset that need not be UTC. */
export function armTime(wallMs: number, offsetMinutes = 0): string {
  const shifted = new Date(wallMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(offsetMinutes);
  const pad = (value: number): string => String(value).padStart(2, '0');
  // The service counts in tenths of a microsecond; the last four digits are the millisecond's own, so they are not all 0.
  const fraction = String(Math.floor(wallMs) % 10_000).padStart(4, '0');
  return `${shifted}${fraction}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** To the second, as metrics print it. */
export function secondTime(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}
