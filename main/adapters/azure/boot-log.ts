import type { AzureVm } from '../../engine/ports/azure.ts';
import type { ArmClients } from './arm-clients.ts';
import { ArmTrouble } from './arm-policy.ts';
import type { Trust } from './trust.ts';

const answerMs = 30_000;
/** Of the whole log: more is not fetched. */
const mostFetched = 16 * 1024 * 1024;
/** So long the address of the log is good, minutes. */
const lifeMinutes = 5;

/**
 * The end of what the machine wrote to its serial port. The address that Azure hands out opens the log by itself: it gets
 * no token, and is told to nobody.
 */
export async function readBootLog(
  clients: ArmClients,
  trust: Trust | null,
  vm: AzureVm,
  mostBytes: number,
  abort: AbortSignal,
): Promise<string> {
  const client = await clients.compute({ ...vm, urgent: false, signal: abort });
  const { serialConsoleLogBlobUri: address } = await client.virtualMachines.retrieveBootDiagnosticsData(
    vm.group,
    vm.name,
    { sasUriExpirationTimeInMinutes: lifeMinutes, abortSignal: abort },
  );
  if (address === undefined) throw new ArmTrouble('VIGIL_SAID', 'Azure keeps no console log of this machine.');
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    throw new ArmTrouble('VIGIL_GARBLED', 'Azure names an address for the console log that is none.');
  }
  const { createDefaultHttpClient, createPipelineRequest } = await import('@azure/core-rest-pipeline');
  const request = createPipelineRequest({
    url: address,
    timeout: answerMs,
    abortSignal: abort,
    streamResponseStatusCodes: new Set([200]),
  });
  if (trust !== null) request.tlsSettings = trust;
  const { status, readableStreamBody } = await createDefaultHttpClient().sendRequest(request);
  if (status !== 200 || readableStreamBody === undefined) {
    throw new ArmTrouble('VIGIL_SAID', `The console log could not be fetched: its store answered with ${status}.`);
  }
  return endOf(readableStreamBody, mostBytes);
}

async function endOf(body: NodeJS.ReadableStream, mostBytes: number): Promise<string> {
  let end: Buffer = Buffer.alloc(0);
  let fetched = 0;
  for await (const chunk of body) {
    const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    fetched += part.length;
    end = Buffer.concat([end, part]).subarray(-mostBytes);
    if (fetched > mostFetched) break;
  }
  return end.toString('utf8');
}
