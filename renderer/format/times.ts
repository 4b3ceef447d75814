/** Times as a person says them. All take what they need: none reads the clock. */

/** `12 s`, `4 min`, `2 h 10 min`, `3 d 4 h`: the two greatest units that matter. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  if (days < 14) return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
  return `${days} d`;
}

/** `4 min ago`; what is younger than five seconds, or lies ahead by a clock that differs, is `now`. */
export function ago(ms: number): string {
  return ms < 5000 ? 'now' : `${duration(ms)} ago`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `20:26:10`, local. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
}

/** `Tue 17 Mar 2026`, local. */
export function calendarDay(at: number): string {
  const date = new Date(at);
  return `${days[date.getDay()]} ${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`;
}

/** `Tue 17 Mar 2026 20:26:10`: what a relative time shows when pointed at. */
export function exactTime(at: number): string {
  return `${calendarDay(at)} ${clockTime(at)}`;
}

/** `20:26:10` of today, `16 Mar 20:26` of another day. */
export function shortTime(at: number, now: number): string {
  if (calendarDay(at) === calendarDay(now)) return clockTime(at);
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()]} ${clockTime(at).slice(0, 5)}`;
}

/** `4 Apr`, local. */
export function dayAndMonth(at: number): string {
  const date = new Date(at);
  return `${date.getDate()} ${months[date.getMonth()]}`;
}

/** `2026-03-17-2026`, local: a name that sorts by itself. */
export function stamp(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  return `${day}-${twoDigits(date.getHours())}${twoDigits(date.getMinutes())}`;
}
