import type { HostDescription } from '../../main/contract/engine-status.ts';
import { mebibytes } from '../format/sizes.ts';
import { acceleratorName } from '../format/words.ts';
import { CopyButton } from './copy-button.tsx';
import { ForeignText } from './foreign-text.tsx';
import { Mark } from './mark.tsx';

export interface DoctorLine {
  readonly what: string;
  readonly mark: 'ok' | 'warn' | 'crit';
  readonly finding: string;
  /** What it means or what helps; empty where nothing is to be done. */
  readonly advice: string;
}

/** Below this a disk of the default size does not fit. */
const littleDiskMib = 20_480;
const littleMemoryMib = 2048;

/** What this computer can offer to machines, worst told in words a person can act on. */
export function doctorLines(host: HostDescription): readonly DoctorLine[] {
  const freeMemory = host.capacity.maxMemoryMib - host.promisedMemoryMib;
  return [
    host.qemuVersion === null
      ? {
          what: 'QEMU',
          mark: 'crit',
          finding: 'not found',
          advice: host.qemuAdvice ?? 'Install QEMU; local machines need it.',
        }
      : { what: 'QEMU', mark: 'ok', finding: host.qemuVersion, advice: '' },
    host.accelerator === null
      ? {
          what: 'Acceleration',
          mark: 'warn',
          finding: 'not tried yet',
          advice: host.acceleratorReason ?? 'Found out when the first machine starts.',
        }
      : {
          what: 'Acceleration',
          mark: host.accelerator === 'tcg' ? 'warn' : 'ok',
          finding: host.accelerator === 'tcg' ? 'none, QEMU emulates (TCG)' : acceleratorName(host.accelerator),
          advice: host.acceleratorReason ?? '',
        },
    {
      what: 'Memory',
      mark: freeMemory < littleMemoryMib ? 'warn' : 'ok',
      finding: `${mebibytes(Math.max(0, freeMemory))} of ${mebibytes(host.memoryMib)} left for machines`,
      advice: host.promisedMemoryMib > 0 ? `${mebibytes(host.promisedMemoryMib)} promised to machines that run.` : '',
    },
    {
      what: 'Disk',
      mark: host.diskFreeMib < littleDiskMib ? 'warn' : 'ok',
      finding: `${mebibytes(host.diskFreeMib)} free where machines live`,
      advice: host.diskFreeMib < littleDiskMib ? 'A machine of the default size may not fit.' : '',
    },
    { what: 'CPUs', mark: 'ok', finding: `${host.cpus} threads`, advice: '' },
  ];
}

const words = { ok: 'Good', warn: 'Limited', crit: 'Missing' } as const;

export function DoctorLines({ host }: { readonly host: HostDescription }) {
  return (
    <ul className="doctor">
      {doctorLines(host).map(({ what, mark, finding, advice }) => (
        <li key={what}>
          <Mark kind={mark} label={words[mark]} />
          <b>{what}</b>
          <span className="doctor-finding">
            <ForeignText>{finding}</ForeignText>
          </span>
          <span className="doctor-advice" title={advice}>
            <ForeignText>{advice}</ForeignText>
          </span>
          <span>{what === 'QEMU' && mark === 'crit' ? <CopyButton what="advice" text={advice} /> : null}</span>
        </li>
      ))}
    </ul>
  );
}

/** `4 good, 1 limited.` */
export function doctorSummary(host: HostDescription): string {
  const lines = doctorLines(host);
  const parts = (['ok', 'warn', 'crit'] as const)
    .map((mark) => ({ mark, count: lines.filter((line) => line.mark === mark).length }))
    .filter(({ count }) => count > 0)
    .map(({ mark, count }) => `${count} ${words[mark].toLowerCase()}`);
  return `${parts.join(', ')}.`;
}
