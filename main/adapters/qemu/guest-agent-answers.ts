import { isIP } from 'node:net';
import type { GuestAddress, GuestFileSystem } from '../../contract/machine.ts';
import { isObject } from './json-line-socket.ts';

/** Reads what an agent answered. Pure. The guest may say anything at all: what does not fit is left out. */

const maxInterfaces = 32;
const maxAddresses = 64;
const maxFileSystems = 64;

/** From `guest-get-osinfo`. */
export function readOs(answer: unknown): string | null {
  if (!isObject(answer)) return null;
  return textOf(answer['pretty-name'], 128) ?? textOf(answer.name, 128);
}

/** From `guest-get-host-name`. */
export function readHostName(answer: unknown): string | null {
  return isObject(answer) ? textOf(answer['host-name'], 253) : null;
}

/** From `guest-network-get-interfaces`: addresses that others could reach, so neither loopback nor link-local ones. */
export function readAddresses(answer: unknown): readonly GuestAddress[] {
  const found: GuestAddress[] = [];
  for (const card of listOf(answer, maxInterfaces)) {
    if (!isObject(card)) continue;
    const name = textOf(card.name, 32);
    if (name === null) continue;
    for (const entry of listOf(card['ip-addresses'], maxAddresses)) {
      const address = isObject(entry) ? entry['ip-address'] : null;
      if (typeof address !== 'string' || address.length > 45 || isIP(address) === 0) continue;
      if (isOwnOrLinkLocal(address.toLowerCase())) continue;
      found.push({ interface: name, address: address.toLowerCase() });
    }
  }
  return found.slice(0, maxAddresses);
}

/** From `guest-get-fsinfo`, by mount point. A size that makes no sense is unknown. */
export function readFileSystems(answer: unknown): readonly GuestFileSystem[] {
  const found = new Map<string, GuestFileSystem>();
  for (const entry of listOf(answer, maxFileSystems)) {
    if (!isObject(entry)) continue;
    const mount = textOf(entry.mountpoint, 256);
    const type = textOf(entry.type, 32);
    if (mount === null || type === null) continue;
    const total = sizeOf(entry['total-bytes']);
    const used = sizeOf(entry['used-bytes']);
    const fits = total !== null && used !== null && total > 0 && used <= total;
    found.set(mount, { mount, type, usedBytes: fits ? used : null, totalBytes: fits ? total : null });
  }
  return [...found.values()].sort((a, b) => (a.mount < b.mount ? -1 : 1));
}

/** Fit for a line of ours: no control or direction characters, at most `longest` characters. */
export function cleanText(text: string, longest: number): string {
  // Cut before the work: a hostile text may be as long as its sender likes.
  const plain = text
    .slice(0, longest * 4)
    .replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\p{Co}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [...plain].slice(0, longest).join('');
}

function textOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null;
  const text = cleanText(value, longest);
  return text === '' ? null : text;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

function sizeOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function isOwnOrLinkLocal(address: string): boolean {
  return /^(127\.|169\.254\.|0\.|::1?$|fe[89ab][0-9a-f]:)/.test(address);
}
