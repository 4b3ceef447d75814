import { VigilError } from '../../contract/failure.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reading } from '../ports/reading.ts';
import { guestReportCommand, guestRoutineCommand, readGuestReport } from './guest-report.ts';

/** Has a shell in a guest carry out one constant command of ours, and tells what it printed. */
export type AskGuest = (command: string, timeoutMs: number, signal: StopSignal) => Promise<string>;

/**
 * Reads guests, over SSH or by their agent. How full a guest's file system is costs it a process, so that it is asked once
 * a minute at most; in between the last answer stands. It does not stand beyond a reboot or a reading that failed.
 */
export interface GuestReader {
  read(machineId: string, ask: AskGuest, timeoutMs: number, signal: StopSignal): Promise<Reading>;
  /** It cannot be read now: what it said of its file system stands no longer. */
  forget(machineId: string): void;
}

interface DiskAnswer {
  readonly askedAtMs: number;
  readonly epoch: string;
  readonly diskPercent: number | null;
}

const diskBeatMs = 60_000;
/** Rounds do not come to the millisecond. */
const slackMs = 1000;

export function createGuestReader(clock: Clock): GuestReader {
  const answers = new Map<string, DiskAnswer>();
  const isStanding = ({ askedAtMs }: DiskAnswer) => clock.monotonicNow() - askedAtMs < diskBeatMs - slackMs;
  /** So that machines that are gone leave nothing. */
  const dropOld = () => {
    for (const [id, answer] of answers) if (!isStanding(answer)) answers.delete(id);
  };
  return {
    forget: (machineId) => void answers.delete(machineId),
    read: async (machineId, ask, timeoutMs, signal) => {
      const before = answers.get(machineId);
      const standing = before !== undefined && isStanding(before) ? before : null;
      if (standing === null) dropOld();
      // Gone while the guest is asked: an answer that does not come must not let the old one stand.
      answers.delete(machineId);
      const command = standing === null ? guestReportCommand : guestRoutineCommand;
      const reading = readGuestReport(await ask(command, timeoutMs, signal), clock.monotonicNow());
      if (reading === null) throw new VigilError('refused', 'The guest did not say anything that could be read.');
      const { diskPercent, epoch } = reading;
      if (standing === null) {
        answers.set(machineId, { askedAtMs: reading.takenAtMs, epoch, diskPercent });
        return reading;
      }
      if (standing.epoch !== epoch) return reading;
      answers.set(machineId, standing);
      return { ...reading, diskPercent: standing.diskPercent };
    },
  };
}
