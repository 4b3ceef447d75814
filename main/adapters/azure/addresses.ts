import type { ComputeManagementClient } from '@azure/arm-compute';
import type { AzureScope } from '../../engine/ports/azure.ts';
import type { AzureAddress } from '../../engine/ports/azure-insight.ts';
import { bodyOf, part, type Row, text } from './arm-body.ts';
import type { ArmClients } from './arm-clients.ts';

const version = '2024-05-01';
const mostPages = 200;
const mostRows = 20_000;

/**
 * Where machines are reached: the primary address of the primary interface of each. Two lists of a subscription, by the
 * pipeline of another client, since a library of the network's own would be there for these two alone.
 */
export async function readAddresses(
  clients: ArmClients,
  scope: AzureScope,
  origin: string,
  abort: AbortSignal,
): Promise<readonly AzureAddress[]> {
  const client = await clients.compute({ ...scope, region: '*', urgent: false, signal: abort });
  const list = (what: string): Promise<readonly Row[]> =>
    readRows(
      client,
      `${origin}/subscriptions/${encodeURIComponent(scope.subscription)}/providers/Microsoft.Network/${what}?api-version=${version}`,
      abort,
    );
  // Who may not see public addresses still reaches machines over their private ones.
  const [interfaces, published] = await Promise.all([
    list('networkInterfaces'),
    list('publicIPAddresses').catch(() => []),
  ]);
  return joinAddresses(interfaces, published);
}

/** Pure: rows as Azure prints them, whatever they lack. */
export function joinAddresses(interfaces: readonly Row[], published: readonly Row[]): readonly AzureAddress[] {
  const addresses = new Map<string, string>();
  for (const row of published) {
    const [id, address] = [text(row.id), text(part(row.properties).ipAddress)];
    if (id !== null && address !== null) addresses.set(id.toLowerCase(), address);
  }
  const found = new Map<string, AzureAddress>();
  for (const row of interfaces) {
    const properties = part(row.properties);
    const key = text(part(properties.virtualMachine).id)?.toLowerCase();
    if (key === undefined || (found.has(key) && properties.primary !== true)) continue;
    const configurations = Array.isArray(properties.ipConfigurations) ? properties.ipConfigurations.map(part) : [];
    const chosen = configurations.find((each) => part(each.properties).primary === true) ?? configurations[0];
    const { publicIPAddress, privateIPAddress } = part(chosen?.properties);
    const publicId = text(part(publicIPAddress).id)?.toLowerCase();
    const publicAddress = publicId === undefined ? null : (addresses.get(publicId) ?? null);
    const privateAddress = text(privateIPAddress);
    if (publicAddress !== null || privateAddress !== null) found.set(key, { key, publicAddress, privateAddress });
  }
  return [...found.values()];
}

async function readRows(client: ComputeManagementClient, first: string, abort: AbortSignal): Promise<readonly Row[]> {
  const { createDefaultHttpClient, createPipelineRequest } = await import('@azure/core-rest-pipeline');
  const http = createDefaultHttpClient();
  const rows: Row[] = [];
  let next: string | null = first;
  for (let page = 0; next !== null && page < mostPages && rows.length < mostRows; page += 1) {
    const request = createPipelineRequest({ url: next, abortSignal: abort });
    const response = await client.pipeline.sendRequest(http, request);
    const body = bodyOf(response.bodyAsText);
    if (response.status !== 200) throw failureOf(response.status, body);
    if (Array.isArray(body.value)) rows.push(...body.value.map(part));
    next = text(body.nextLink);
  }
  return rows;
}

/** In the shape of the library's own errors. */
function failureOf(status: number, body: Row): Error {
  const error = part(body.error);
  const message = text(error.message) ?? `Azure answered with ${status}.`;
  return Object.assign(new Error(message), { statusCode: status, code: text(error.code) ?? undefined });
}
