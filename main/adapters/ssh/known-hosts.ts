import { createHmac, timingSafeEqual } from 'node:crypto';

/** One usable line of a known_hosts file. Lines that cannot be read are left out, as OpenSSH does. */
export interface KnownHostsEntry {
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  /** Comma separated patterns, or one hashed name (`|1|salt|hash`). */
  readonly hosts: string;
  readonly keyType: string;
  /** As it travels on the wire. */
  readonly key: Buffer;
}

export type HostKeyVerdict = 'trusted' | 'unknown' | 'changed' | 'revoked' | 'authority-only';

/** Pure. */
export function parseKnownHosts(text: string): readonly KnownHostsEntry[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): KnownHostsEntry | null {
  const fields = line.trim().split(/[ \t]+/);
  const first = fields[0] ?? '';
  if (first === '' || first.startsWith('#')) return null;
  const hasMarker = first.startsWith('@');
  const marker = hasMarker ? first.slice(1) : 'none';
  if (marker !== 'none' && marker !== 'revoked' && marker !== 'cert-authority') return null;
  const [hosts, keyType, encoded] = hasMarker ? fields.slice(1) : fields;
  if (hosts === undefined || keyType === undefined || encoded === undefined) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const key = Buffer.from(encoded, 'base64');
  return keyTypeOfBlob(key) === keyType ? { marker, hosts, keyType, key } : null;
}

/** The name that a public key on the wire begins with; null when it is no key. */
export function keyTypeOfBlob(key: Buffer): string | null {
  if (key.length < 4) return null;
  const length = key.readUInt32BE(0);
  return length === 0 || length > 64 || key.length < 4 + length ? null : key.toString('latin1', 4, 4 + length);
}

/** The name a host goes by in these files. Port 22 is not written. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** Pure: whether a line speaks about `name`. A negated pattern that matches wins over all others of its line. */
export function matchesHost(entry: KnownHostsEntry, name: string): boolean {
  if (entry.hosts.startsWith('|')) return matchesHashed(entry.hosts, name);
  let matched = false;
  for (const pattern of entry.hosts.split(',')) {
    const isNegated = pattern.startsWith('!');
    if (!matchesPattern(isNegated ? pattern.slice(1) : pattern, name)) continue;
    if (isNegated) return false;
    matched = true;
  }
  return matched;
}

function matchesHashed(hosts: string, name: string): boolean {
  const [, version, salt, hash] = hosts.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` and `?` only. Without backtracking into exponential time: a file may hold anything. */
function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  let position = 0;
  while (position < name.length) {
    if (at < wanted.length && wanted[at] === '*') {
      star = at++;
      resume = position;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === name[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

/** What is known about one host. */
export interface KnownHost {
  /** Types of the plain keys that are known under its name. */
  readonly keyTypes: ReadonlySet<string>;
  judge(key: Buffer): HostKeyVerdict;
}

/**
 * Pure. `entries` speak about the host under its own name; `elsewhere` are those under the name without its port: they may
 * vouch for a key or revoke it, but another key there does not mean that this one changed.
 */
export function knownHost(entries: readonly KnownHostsEntry[], elsewhere: readonly KnownHostsEntry[]): KnownHost {
  const plain = entries.filter((entry) => entry.marker === 'none');
  const portless = elsewhere.filter((entry) => entry.marker === 'none');
  const all = [...entries, ...elsewhere];
  const holds = (list: readonly KnownHostsEntry[], key: Buffer) => list.some((entry) => entry.key.equals(key));
  return {
    keyTypes: new Set((plain.length > 0 ? plain : portless).map((entry) => entry.keyType)),
    judge: (key) => {
      if (
        holds(
          all.filter((entry) => entry.marker === 'revoked'),
          key,
        )
      )
        return 'revoked';
      if (holds(plain, key)) return 'trusted';
      // A key of another type counts as changed, too: else whoever is in between would just show a type nobody remembers.
      if (plain.length > 0) return 'changed';
      if (holds(portless, key)) return 'trusted';
      return all.some((entry) => entry.marker === 'cert-authority') ? 'authority-only' : 'unknown';
    },
  };
}
