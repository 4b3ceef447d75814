import { useTimely } from '../format/now.ts';
import { ago, duration, exactTime, shortTime } from '../format/times.ts';

interface TimeProps {
  /** ISO 8601. */
  readonly at: string;
}

function Time({ at, text }: TimeProps & { readonly text: string }) {
  return (
    <time dateTime={at} title={exactTime(Date.parse(at))}>
      {text}
    </time>
  );
}

/** `4 min`: how long something has lasted. */
export function Lasting({ at }: TimeProps) {
  return <Time at={at} text={useTimely((now) => duration(now - Date.parse(at)))} />;
}

/** `4 min ago`. */
export function Ago({ at }: TimeProps) {
  return <Time at={at} text={useTimely((now) => ago(now - Date.parse(at)))} />;
}

/** `20:26:10 (4 min)`. */
export function Since({ at }: TimeProps) {
  const since = Date.parse(at);
  return <Time at={at} text={useTimely((now) => `${shortTime(since, now)} (${duration(now - since)})`)} />;
}

/** `20:26:10`, or day and time when it was not today. */
export function Moment({ at }: TimeProps) {
  return <Time at={at} text={useTimely((now) => shortTime(Date.parse(at), now))} />;
}
