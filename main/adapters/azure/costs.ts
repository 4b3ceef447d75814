import type { ComputeManagementClient } from '@azure/arm-compute';
import { monthBegin } from '../../contract/azure-cost.ts';
import type { AzureScope } from '../../engine/ports/azure.ts';
import type { AzureCharge, AzureCosts } from '../../engine/ports/azure-insight.ts';
import { bodyOf, part, type Row, text } from './arm-body.ts';
import type { ArmClients } from './arm-clients.ts';
import { ArmTrouble } from './arm-policy.ts';

const version = '2023-11-01';
/** Azure sends up to 5,000 rows at a time. */
const mostPages = 8;
const mostRows = 50_000;
/** Of one page, unpacked. */
const mostBytes = 16 * 1024 * 1024;
const machine = /^\/subscriptions\/.+\/providers\/microsoft\.compute\/virtualmachines\/[^/]+$/i;

/** A sum for each machine: what is grouped by its id is asked for as one number. */
const question = JSON.stringify({
  type: 'ActualCost',
  timeframe: 'MonthToDate',
  dataset: {
    granularity: 'None',
    aggregation: { totalCost: { name: 'PreTaxCost', function: 'Sum' } },
    grouping: [{ type: 'Dimension', name: 'ResourceId' }],
    filter: {
      dimensions: { name: 'ResourceType', operator: 'In', values: ['microsoft.compute/virtualmachines'] },
    },
  },
});

/**
 * What Azure charged to the machines of a subscription since the month began. A read to its end or none: a page that is
 * missing would make an amount too small. By the pipeline of another client, as the addresses are.
 */
export async function readCosts(
  clients: ArmClients,
  scope: AzureScope,
  origin: string,
  azureNow: () => number,
  abort: AbortSignal,
): Promise<AzureCosts> {
  const client = await clients.compute({ ...scope, region: '*', urgent: false, signal: abort });
  const path = `/subscriptions/${encodeURIComponent(scope.subscription)}/providers/Microsoft.CostManagement/query`;
  const since = monthBegin(azureNow());
  const sums = createSums();
  let rows = 0;
  let next: string | null = `${origin}${path}?api-version=${version}`;
  for (let page = 0; next !== null; page += 1) {
    if (page >= mostPages || rows > mostRows) throw garbled('The costs of this subscription do not come to an end.');
    const properties: Row | null = await ask(client, next, abort);
    if (properties === null) break;
    rows += sums.add(properties);
    next = nextPage(text(properties.nextLink), path);
  }
  // Which month the service took for this one is not certain then.
  if (monthBegin(azureNow()) !== since) throw new ArmTrouble('VIGIL_TIMEOUT', 'The month ended meanwhile.');
  return { since, charges: sums.charges() };
}

/** Null when the service has nothing to tell of this subscription. */
async function ask(client: ComputeManagementClient, url: string, abort: AbortSignal): Promise<Row | null> {
  const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } = await import(
    '@azure/core-rest-pipeline'
  );
  const tooMuch = new AbortController();
  const request = createPipelineRequest({
    url,
    method: 'POST',
    body: question,
    headers: createHttpHeaders({ 'content-type': 'application/json', accept: 'application/json' }),
    abortSignal: AbortSignal.any([abort, tooMuch.signal]),
    onDownloadProgress: ({ loadedBytes }) => {
      if (loadedBytes > mostBytes) tooMuch.abort();
    },
  });
  try {
    const response = await client.pipeline.sendRequest(createDefaultHttpClient(), request);
    if (response.status === 204) return null;
    const body = bodyOf(response.bodyAsText);
    if (response.status !== 200) throw failureOf(response, body);
    return part(body.properties);
  } catch (error) {
    if (tooMuch.signal.aborted) throw garbled('The costs of this subscription are too long to be any.');
    throw error;
  }
}

/** The next page is the same question at the same place: a POST to any other would be an order. */
function nextPage(link: string | null, path: string): string | null {
  if (link === null) return null;
  if (URL.canParse(link) && new URL(link).pathname.toLowerCase() === path.toLowerCase()) return link;
  throw garbled('The next page of the costs leads elsewhere.');
}

interface Sums {
  /** Takes in one page; gives the number of its rows. */
  add(properties: Row): number;
  charges(): readonly AzureCharge[];
}

/** A machine of which one row cannot be read, or that is charged in two currencies, has no sum. */
function createSums(): Sums {
  const found = new Map<string, AzureCharge | null>();
  return {
    add: ({ columns, rows }) => {
      if (!Array.isArray(columns) || !Array.isArray(rows))
        throw garbled('The costs are none of Azure, or were cut off.');
      const names = columns.map((column) => text(part(column).name)?.toLowerCase());
      const place = (name: string): number => {
        const at = names.indexOf(name);
        if (at < 0) throw garbled(`The costs lack the column ${name}.`);
        return at;
      };
      const [amountAt, idAt, currencyAt] = [place('pretaxcost'), place('resourceid'), place('currency')];
      for (const row of rows) {
        const cells: readonly unknown[] = Array.isArray(row) ? row : [];
        const key = text(cells[idAt])?.toLowerCase();
        if (key === undefined || !machine.test(key)) continue;
        found.set(key, sumOf(key, found.get(key), cells[amountAt], text(cells[currencyAt])?.toUpperCase()));
      }
      return rows.length;
    },
    charges: () => [...found.values()].filter((charge) => charge !== null),
  };
}

function sumOf(
  key: string,
  before: AzureCharge | null | undefined,
  amount: unknown,
  currency: string | undefined,
): AzureCharge | null {
  if (before === null || typeof amount !== 'number' || !Number.isFinite(amount)) return null;
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) return null;
  if (before === undefined) return { key, amount: whole(amount), currency };
  return before.currency === currency ? { key, amount: whole(before.amount + amount), currency } : null;
}

/** To a millionth: beyond that stands what adding up made of it. */
function whole(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

/** In the shape of the library's own errors. The service says 401 where a right is missing, as others say 403. */
function failureOf(response: { readonly status: number }, body: Row): Error {
  const error = part(body.error);
  const code = text(error.code) ?? undefined;
  const statusCode = code === 'RBACAccessDenied' ? 403 : response.status;
  const message = text(error.message) ?? `Azure answered with ${response.status}.`;
  return Object.assign(new Error(message), { statusCode, code, response });
}

function garbled(message: string): ArmTrouble {
  return new ArmTrouble('VIGIL_GARBLED', message);
}
