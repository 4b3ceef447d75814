import { percent } from '../format/sizes.ts';

interface ProgressBarProps {
  /** 0 to 1; null when it cannot be told. */
  readonly fraction: number | null;
  readonly label: string;
}

export function ProgressBar({ fraction, label }: ProgressBarProps) {
  const known =
    fraction === null ? {} : { 'aria-valuenow': Math.floor(fraction * 100), 'aria-valuemin': 0, 'aria-valuemax': 100 };
  return (
    <span
      className={fraction === null ? 'progress progress-unknown' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuetext={fraction === null ? 'under way' : percent(fraction)}
      {...known}
    >
      <span className="progress-done" style={fraction === null ? undefined : { width: `${fraction * 100}%` }} />
    </span>
  );
}
