import type { JournalAction } from '../../contract/journal.ts';
import type { MachineNotice, MachineState, WantedState } from '../../contract/machine.ts';
import type { MachineEnd } from '../ports/machine-provider.ts';

/** What an end that nobody asked Vigil for means: pure, one row per kind. */
export interface EndDecision {
  readonly state: MachineState;
  readonly wanted: WantedState;
  readonly action: JournalAction;
  readonly notice: Omit<MachineNotice, 'since'> | null;
  /** A person did not want this: keep a crash record and tell them. */
  readonly unexpected: boolean;
}

export function decideEnd(name: string, wanted: WantedState, end: MachineEnd): EndDecision {
  const said = `'${name}' ended by itself: ${end.summary}.`;
  switch (end.kind) {
    case 'guest-shutdown':
      // Someone shut the guest down from inside: that is a wish, as good as a stop.
      return { state: 'stopped', wanted: 'stopped', action: 'machine.ended', notice: null, unexpected: false };
    case 'quit':
      return {
        state: 'stopped',
        wanted: 'stopped',
        action: 'machine.ended',
        notice: { kind: 'ended', severity: 'info', text: `'${name}' was ended through its monitor, not by Vigil.` },
        unexpected: false,
      };
    case 'host-signal':
      // A signal from outside is how a computer shuts down: what should run afterwards stays wanted.
      return {
        state: 'stopped',
        wanted,
        action: 'machine.ended',
        notice: { kind: 'ended', severity: 'warning', text: said },
        unexpected: true,
      };
    case 'killed':
    case 'internal-error':
    case 'start-failed':
      return {
        state: 'failed',
        wanted,
        action: 'machine.ended',
        notice: { kind: 'ended', severity: 'critical', text: said },
        unexpected: true,
      };
    case 'panicked':
      return {
        state: 'failed',
        wanted,
        action: 'machine.panicked',
        notice: { kind: 'held', severity: 'critical', text: `The guest of '${name}' panicked. It is held as it was.` },
        unexpected: true,
      };
    case 'watchdog':
      return {
        state: 'failed',
        wanted,
        action: 'machine.panicked',
        notice: {
          kind: 'held',
          severity: 'critical',
          text: `The watchdog of '${name}' fired: its guest hangs. It is held as it was.`,
        },
        unexpected: true,
      };
  }
}
