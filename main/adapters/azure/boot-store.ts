import { Readable } from 'node:stream';
import type { AzureVm } from '../../engine/ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { ArmTrouble } from './arm-policy.ts';
import type { Trust } from './trust.ts';

/** What a machine wrote and showed while it started, as the platform keeps it. */
export interface BootStore {
  /** Throws for one that is not kept, not found, or not where the stores of this cloud are. */
  open(vm: AzureVm, what: BootPiece, abort: AbortSignal): Promise<OpenPiece>;
}

export type BootPiece = 'log' | 'screen';

export interface OpenPiece {
  readonly body: NodeJS.ReadableStream;
  /** When the platform wrote it last, wall-clock milliseconds of Azure's clock; null when it does not say. */
  readonly at: number | null;
}

export interface BootStorePorts {
  readonly clients: ArmClients;
  /** Null for the certificates of the system. */
  trusted(): Promise<Trust | null>;
  /** An address of the stores of this cloud. */
  isOwnStore(address: string): boolean;
}

const answerMs = 30_000;
/** So long the address is good, minutes. */
const lifeMinutes = 5;
const names: Readonly<Record<BootPiece, string>> = { log: 'console log', screen: 'picture of the screen' };

/** The addresses that Azure hands out open what they lead to by themselves: they get no token, and are told to nobody. */
export function createBootStore({ clients, trusted, isOwnStore }: BootStorePorts): BootStore {
  return {
    open: async (vm, what, abort) => {
      const client = await clients.compute({ ...vm, urgent: false, signal: abort });
      const found = await client.virtualMachines.retrieveBootDiagnosticsData(vm.group, vm.name, {
        sasUriExpirationTimeInMinutes: lifeMinutes,
        abortSignal: abort,
      });
      const address = what === 'log' ? found.serialConsoleLogBlobUri : found.consoleScreenshotBlobUri;
      const name = names[what];
      if (address === undefined) throw new ArmTrouble('VIGIL_SAID', `Azure keeps no ${name} of this machine.`);
      if (!isOwnStore(address)) {
        throw new ArmTrouble('VIGIL_GARBLED', `Azure names an address for the ${name} that is none of its stores.`);
      }
      const { createDefaultHttpClient, createPipelineRequest } = await import('@azure/core-rest-pipeline');
      const request = createPipelineRequest({
        url: address,
        timeout: answerMs,
        abortSignal: abort,
        streamResponseStatusCodes: new Set([200]),
      });
      const trust = await trusted();
      if (trust !== null) request.tlsSettings = trust;
      const { status, headers, readableStreamBody: body } = await createDefaultHttpClient().sendRequest(request);
      if (status === 404) throw new ArmTrouble('VIGIL_SAID', `Azure has no ${name} of this machine yet.`);
      if (status !== 200 || body === undefined) {
        throw new ArmTrouble('VIGIL_SAID', `The ${name} could not be fetched: its store answered with ${status}.`);
      }
      // A page of something in between; it may quote the address, which opens the store to whoever reads it.
      if (/html|json/i.test(headers.get('content-type') ?? '')) {
        if (body instanceof Readable) body.destroy();
        throw new ArmTrouble('VIGIL_GARBLED', `What came in the place of the ${name} is none of Azure.`);
      }
      const at = Date.parse(headers.get('last-modified') ?? '');
      return { body, at: Number.isNaN(at) ? null : at };
    },
  };
}
