import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, integer, object, octets, sequence, set, tagged, text, time, truth } from './der.ts';

/** A certificate authority of this process alone, and one server certificate that it signed for the loopback address. */
export interface PrivateAuthority {
  /** PEM of the authority: whoever is to believe the server is told to trust this. */
  readonly ca: string;
  /** PEM of the server. */
  readonly cert: string;
  readonly key: string;
}

const sha256WithEcdsa = sequence(object('1.2.840.10045.4.3.2'));
const dayMs = 24 * 60 * 60 * 1000;

/** Made anew each time, so nothing that trusts it once trusts anything tomorrow. Valid from ten years ago: clocks may be wrong. */
export function makePrivateAuthority(name = 'Vigil test authority'): PrivateAuthority {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = distinguishedName(name);
  const ca = certificate(issuer, issuer, authority.publicKey, authority.privateKey, [
    extension('2.5.29.19', sequence(truth(true)), true),
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
  ]);
  const names = sequence(
    tagged(0x82, Buffer.from('localhost')),
    tagged(0x82, Buffer.from('*.localhost')),
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const cert = certificate(issuer, distinguishedName('localhost'), server.publicKey, authority.privateKey, [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.37', sequence(object('1.3.6.1.5.5.7.3.1')), false),
    extension('2.5.29.17', names, false),
  ]);
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function certificate(
  issuer: Buffer,
  subject: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const serial = randomBytes(16);
  serial[0] = 0x01;
  const now = Date.now();
  const content = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    sha256WithEcdsa,
    issuer,
    sequence(time(new Date(now - 3650 * dayMs)), time(new Date(now + 3650 * dayMs))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const whole = sequence(content, sha256WithEcdsa, bits(sign('sha256', content, signer), 0));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(object('2.5.4.3'), text(commonName))));
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(object(id), ...(isCritical ? [truth(true)] : []), octets(value));
}
