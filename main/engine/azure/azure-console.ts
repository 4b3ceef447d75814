import type { Handlers } from '../../contract/calls.ts';
import type { Screenshot } from '../../contract/console.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { Azure } from '../ports/azure.ts';
import type { AzureMachine } from './azure-view.ts';
import { faultError } from './fault-error.ts';

/** What a machine of Azure wrote and showed, as the platform keeps it: also of one that does not answer. */
export interface AzureConsole {
  readonly handlers: Pick<Handlers, 'azure.boot-log'>;
  screenshot(machine: AzureMachine): Promise<Screenshot>;
}

export interface AzureConsolePorts {
  readonly azure: Pick<Azure, 'insight' | 'clockAheadMs'>;
  readonly signal: StopSignal;
  /** The machine of Azure that a person means; throws for one that is none. */
  resolve(reference: string): AzureMachine;
}

/** Of a console log as much as a person reads. */
const logBytes = 65_536;
/** A message has 1 MiB at most, and base64 takes a third more. */
const pictureBytes = 640 * 1024;

export function createAzureConsole({ azure, signal, resolve }: AzureConsolePorts): AzureConsole {
  return {
    screenshot: async ({ record: { vm } }) => {
      const answer = await azure.insight.bootScreen(vm, pictureBytes, signal);
      if (!answer.ok) throw faultError(answer.fault);
      const { at, ...picture } = answer.value;
      return {
        machine: vm.name,
        at: at === null ? null : isoTime(at + (azure.clockAheadMs() ?? 0)),
        path: null,
        ...picture,
      };
    },
    handlers: {
      'azure.boot-log': async ({ machine }) => {
        const answer = await azure.insight.bootLog(resolve(machine).record.vm, logBytes, signal);
        if (!answer.ok) throw faultError(answer.fault);
        return { text: answer.value };
      },
    },
  };
}
