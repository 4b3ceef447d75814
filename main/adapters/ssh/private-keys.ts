import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import ssh2, { type ParsedKey } from 'ssh2';

/** A private key to offer, or a public one whose private half the agent may hold. */
export type Identity =
  | { readonly kind: 'key'; readonly file: string; readonly key: ParsedKey }
  /** `only` is the public key the agent is asked for; null asks for all it has. */
  | { readonly kind: 'agent'; readonly socketPath: string; readonly only: Buffer | null };

export interface Identities {
  /** In the order they are tried. */
  readonly offers: readonly Identity[];
  /** Why nothing can be offered, as a sentence; null when something can. */
  readonly fault: string | null;
  /** What was left out and why. */
  readonly skipped: readonly string[];
}

/** The private keys of this account. A file is read and parsed again only when it changed. */
export interface PrivateKeys {
  /** Never rejects. A key file that is named stands alone: nothing else is offered in its place. */
  identities(keyFile: string | null, agentPath: string | null): Promise<Identities>;
}

const usualNames = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const largestKeyBytes = 64 * 1024;
const mostKeys = 64;

export function createPrivateKeys(): PrivateKeys {
  const known = new Map<string, { readonly stamp: string; readonly content: ReadKey }>();

  const readKey = async (file: string): Promise<ReadKey> => {
    try {
      const { ctimeMs, ino, mode, mtimeMs, size, uid } = await stat(file);
      if (size > largestKeyBytes) return { kind: 'bad', problem: 'is too large for a key' };
      // As OpenSSH: a key that others may read is no secret. Other people's files are theirs to guard.
      const isOpen = process.platform !== 'win32' && uid === process.getuid?.() && (mode & 0o077) !== 0;
      if (isOpen) {
        const octal = (mode & 0o777).toString(8).padStart(4, '0');
        return { kind: 'bad', problem: `can be read by others (mode ${octal}); run: chmod 600 ${file}` };
      }
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      const present = known.get(file);
      if (present?.stamp === stamp) return present.content;
      const content = parse(await readFile(file));
      if (known.size >= mostKeys) known.clear();
      known.set(file, { stamp, content });
      return content;
    } catch (error) {
      known.delete(file);
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ENOENT') return { kind: 'missing', problem: 'does not exist' };
      return { kind: 'bad', problem: code === 'EACCES' ? 'may not be read by this account' : 'cannot be read' };
    }
  };

  const usual = async (agentPath: string | null): Promise<Identities> => {
    const offers: Identity[] = agentPath === null ? [] : [{ kind: 'agent', socketPath: agentPath, only: null }];
    const skipped: string[] = [];
    for (const name of usualNames) {
      const file = path.join(homedir(), '.ssh', name);
      const read = await readKey(file);
      if (read.kind === 'good') offers.push({ kind: 'key', file, key: read.key });
      else if (read.kind !== 'missing') skipped.push(`${file} ${read.problem}`);
    }
    const none = `There is no key to offer: no agent, and no usable key among ${usualNames.join(', ')} in ~/.ssh`;
    return { offers, skipped, fault: offers.length > 0 ? null : `${[none, ...skipped].join('; ')}.` };
  };

  const named = async (file: string, agentPath: string | null): Promise<Identities> => {
    const read = await readKey(file);
    if (read.kind === 'good') return { offers: [{ kind: 'key', file, key: read.key }], fault: null, skipped: [] };
    if (read.kind === 'encrypted' && agentPath !== null) {
      const only = await publicHalf(file);
      return {
        offers: [{ kind: 'agent', socketPath: agentPath, only }],
        fault: null,
        skipped: [`${file} ${read.problem}`],
      };
    }
    return { offers: [], fault: `The key file ${file} ${read.problem}.`, skipped: [] };
  };
  return {
    identities: (keyFile, agentPath) => (keyFile === null ? usual(agentPath) : named(expandHome(keyFile), agentPath)),
  };
}

type ReadKey =
  | { readonly kind: 'good'; readonly key: ParsedKey }
  | { readonly kind: 'missing' | 'encrypted' | 'bad'; readonly problem: string };

function parse(text: Buffer): ReadKey {
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) {
    // The container format can hold several keys, though nothing writes more than one.
    const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey | undefined) : parsed;
    if (key?.isPrivateKey() === true) return { kind: 'good', key };
    return { kind: 'bad', problem: 'holds no private key' };
  }
  if (/encrypted/i.test(parsed.message)) {
    return { kind: 'encrypted', problem: 'needs a passphrase; add it to the SSH agent: ssh-add' };
  }
  return { kind: 'bad', problem: 'is no private key that can be read' };
}

/** The public key that belongs to a locked file, so that the agent is asked for no other; null when it cannot be told. */
async function publicHalf(file: string): Promise<Buffer | null> {
  try {
    const encoded = (await readFile(`${file}.pub`, 'utf8')).trim().split(/\s+/)[1];
    return encoded === undefined ? null : Buffer.from(encoded, 'base64');
  } catch {
    return null;
  }
}

function expandHome(file: string): string {
  return file.startsWith('~/') ? path.join(homedir(), file.slice(2)) : file;
}
