import { type Answer, type Layout, Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { AzureWorld } from './world.ts';

/** One page of a list, and the address of the next: absolute, with a token that means nothing to anybody else. */
export function page(
  world: AzureWorld,
  origin: string,
  call: Call,
  items: readonly Record<string, unknown>[],
  layout: Layout = 'pretty',
): Answer {
  const token = call.query.get('$skiptoken');
  const { at, isEmpty } = token === undefined ? { at: 0, isEmpty: false } : readToken(token);
  const here = isEmpty ? [] : items.slice(at, at + world.pageSize);
  const end = at + here.length;
  const isFirst = token === undefined;
  const hasMore = end < items.length;
  const next = hasMore ? nextLink(origin, call, { at: end, isEmpty: isFirst && world.hasEmptyPages }) : null;
  const last = world.lastPage === 'empty' ? { nextLink: '' } : {};
  const body = { value: here, ...(next === null ? last : { nextLink: next }) };
  // The service prints an empty list on one line.
  return { status: 200, body, layout: here.length === 0 ? 'compact' : layout };
}

function nextLink(origin: string, call: Call, place: { at: number; isEmpty: boolean }): string {
  const path = call.target.split('?')[0]?.replace(/^\/+/, '/') ?? '';
  const query = [...call.query].filter(([name]) => name !== '$skiptoken');
  const token = Buffer.from(JSON.stringify(place)).toString('base64');
  const text = [...query, ['$skiptoken', token] as const]
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${origin}${path}?${text}`;
}

function readToken(token: string): { at: number; isEmpty: boolean } {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as { at: number; isEmpty: boolean };
  } catch {
    throw new Refusal(400, 'InvalidSkipToken', 'The skip token is not valid.');
  }
}
