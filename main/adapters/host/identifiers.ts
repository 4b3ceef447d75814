import { randomUUID } from 'node:crypto';
import type { Identifiers } from '../../engine/ports/identifiers.ts';

/** Identities from the operating system's source of chance. */
export function createIdentifiers(): Identifiers {
  return { uuid: randomUUID };
}
