/** A moment as part of a file name, UTC: `20260131T235959123Z`. Names sort by time. */
export function stampOf(wallMs: number): string {
  return new Date(wallMs).toISOString().replaceAll(/[-:.]/g, '');
}

/** Milliseconds since 1970; null when the text is no stamp. */
export function timeOfStamp(stamp: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(stamp);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, ms] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(at) ? null : at;
}
