import type { Connection, ParsedKey } from 'ssh2';

/** What a well-behaved server of ssh2 hides: for servers that are to misbehave. */
interface ServerProtocol {
  _hostKeys: Record<string, ParsedKey>;
  _offer: KeyExchangeOffer;
  _handlers: { GLOBAL_REQUEST: () => void };
  _packetRW: { write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): Buffer } };
  _cipher: { encrypt(packet: Buffer): void };
  channelOpenConfirm(remote: number, local: number, window: number, packet: number): void;
}

interface KeyExchangeOffer {
  readonly constructor: new (lists: object) => KeyExchangeOffer;
  readonly lists: {
    readonly kex: { readonly array: readonly string[] };
    readonly serverHostKey: { readonly array: readonly string[] };
    readonly cs: Readonly<Record<'cipher' | 'mac' | 'compress' | 'lang', { readonly array: readonly string[] }>>;
  };
}

function protocolOf(connection: Connection): ServerProtocol {
  return (connection as Connection & { _protocol: ServerProtocol })._protocol;
}

/** From the next exchange of keys on. */
export function showHostKey(connection: Connection, key: ParsedKey): void {
  protocolOf(connection)._hostKeys['ssh-ed25519'] = key;
}

export function offerOnly(
  connection: Connection,
  changes: { readonly kex?: (name: string) => boolean; readonly serverHostKey?: readonly string[] },
): void {
  const protocol = protocolOf(connection);
  const { kex, serverHostKey, cs } = protocol._offer.lists;
  const same = { cipher: cs.cipher.array, mac: cs.mac.array, compress: cs.compress.array, lang: [] };
  protocol._offer = new protocol._offer.constructor({
    kex: kex.array.filter(changes.kex ?? (() => true)),
    serverHostKey: changes.serverHostKey ?? serverHostKey.array,
    cs: same,
    sc: same,
  });
}

/** Every channel is opened without leave to send a byte into it. */
export function grantNoWindow(connection: Connection): void {
  const protocol = protocolOf(connection);
  const confirm = protocol.channelOpenConfirm.bind(protocol);
  protocol.channelOpenConfirm = (remote, local, _window, packet) => confirm(remote, local, 0, packet);
}

/** Leaves what a client asks for the connection as a whole unanswered. */
export function ignoreGlobalRequests(connection: Connection): void {
  protocolOf(connection)._handlers.GLOBAL_REQUEST = () => {};
}

/** As OpenSSH's sshd takes leave: with a code and words. */
export function sayGoodbye(connection: Connection, code: number, words: string): void {
  const { _packetRW: packets, _cipher: cipher } = protocolOf(connection);
  const text = Buffer.from(words);
  let at = packets.write.allocStart;
  const packet = packets.write.alloc(1 + 4 + 4 + text.length + 4);
  packet[at] = 1;
  at = packet.writeUInt32BE(code, at + 1);
  at = packet.writeUInt32BE(text.length, at);
  text.copy(packet, at);
  packet.writeUInt32BE(0, at + text.length);
  cipher.encrypt(packets.write.finalize(packet));
}
