import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerConfig } from 'ssh2';
import type { SshFinding, SshTarget } from '../../../main/engine/ports/ssh.ts';
import { startDeafListener } from '../deaf-listener.ts';
import { type MisbehavingServer, rawServer, spoiledServer } from '../misbehaving-ssh-server.ts';
import { freePort, type KeyPair } from '../sshd.ts';
import { offerOnly, sayGoodbye, showHostKey } from './ssh-internals.ts';
import type { SshRig } from './ssh-rig.ts';
import { drip, dripPacket, fallSilent, pour, relayUntil } from './stream-tricks.ts';

/** A server that is checked once, and what must come of it. */
export interface CheckBehaviour {
  readonly kind: 'check';
  readonly title: string;
  readonly verdict: SshFinding;
  readonly start: (rig: SshRig) => Promise<MisbehavingServer>;
  /** Where it differs from the usual target. */
  readonly target: Partial<SshTarget>;
  /** It ends by the deadline alone. */
  readonly usesItsTime: boolean;
  readonly needsIpv6: boolean;
}

type Start = CheckBehaviour['start'];
type More = Partial<Pick<CheckBehaviour, 'target' | 'usesItsTime' | 'needsIpv6'>>;

function check(title: string, verdict: SshFinding, start: Start, more: More = {}): CheckBehaviour {
  return { kind: 'check', title, verdict, start, target: {}, usesItsTime: false, needsIpv6: false, ...more };
}
const slow: More = { usesItsTime: true };

const raw =
  (behave: (socket: Socket) => void): Start =>
  () =>
    rawServer(behave);
const spoiled =
  (
    spoil: (connection: Connection, socket: Socket, rig: SshRig) => void,
    changes: (rig: SshRig) => Partial<ServerConfig> = () => ({}),
  ): Start =>
  (rig) =>
    spoiledServer(rig.config(changes(rig)), (connection, socket) => spoil(connection, socket, rig));
const good = spoiled(() => {});
const shows = (key: (rig: SshRig) => KeyPair): Start =>
  spoiled(
    () => {},
    (rig) => ({ hostKeys: [privateHalf(key(rig))] }),
  );
const answers = (answer: (context: AuthContext, connection: Connection, socket: Socket) => void): Start =>
  spoiled(
    (connection, socket) => void connection.on('authentication', (context) => answer(context, connection, socket)),
  );
const relayed =
  (bytes: number, then: 'silence' | 'end'): Start =>
  async (rig) => {
    const real = await spoiledServer(rig.config());
    const relay = await rawServer((socket) => relayUntil(socket, real.port, bytes, then));
    return { ...relay, close: async () => void (await Promise.all([relay.close(), real.close()])) };
  };

export const checkBehaviours: readonly CheckBehaviour[] = [
  check('answers as it should', 'ok', good),
  check('is reached by IPv6', 'ok', (rig) => spoiledServer(rig.config(), undefined, '::1'), {
    target: { host: '::1' },
    needsIpv6: true,
  }),
  check('is not there at all', 'refused', async () => nobodyAt(await freePort())),
  check('has a name that nobody knows', 'name-resolution', async () => nobodyAt(22), {
    target: { host: 'nobody.invalid' },
  }),
  check('takes no connection because its line is full', 'timeout', deaf, slow),
  check(
    'resets the connection it took',
    'closed',
    raw((socket) => socket.resetAndDestroy()),
  ),
  check(
    'closes the connection it took',
    'closed',
    raw((socket) => socket.destroy()),
  ),
  check(
    'says nothing',
    'no-banner',
    raw(() => {}),
    slow,
  ),
  check(
    'speaks HTTP',
    'no-banner',
    raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ),
  check(
    'has no place left',
    'turned-away',
    raw((socket) => socket.end('Exceeded MaxStartups\r\n')),
  ),
  check(
    'turns us away for failed logins',
    'turned-away',
    raw((socket) => socket.end('Not allowed at this time\r\n')),
  ),
  check(
    'greets without end',
    'no-banner',
    raw((socket) => pour(socket, 'a'.repeat(4096))),
  ),
  check(
    'greets in lines without end',
    'no-banner',
    raw((socket) => pour(socket, 'hello\r\n'.repeat(500))),
  ),
  check(
    'drips its greeting',
    'no-banner',
    raw((socket) => drip(socket, 'x')),
    slow,
  ),
  check(
    'says a few lines before it introduces itself',
    'ok',
    spoiled(
      () => {},
      () => ({ greeting: 'Welcome.\r\nThis is not SSH-2.0-Nothing yet.\r\n' }),
    ),
  ),
  check(
    'speaks SSH 1 only',
    'protocol',
    raw((socket) => void socket.write('SSH-1.5-Old\r\n')),
  ),
  check(
    'closes after its greeting',
    'closed',
    raw((socket) => socket.end('SSH-2.0-Nothing\r\n')),
  ),
  check(
    'stalls after its greeting',
    'timeout',
    raw((socket) => void socket.write('SSH-2.0-Nothing\r\n')),
    slow,
  ),
  check(
    'drips the key exchange',
    'timeout',
    raw((socket) => {
      socket.write('SSH-2.0-Nothing\r\n');
      dripPacket(socket);
    }),
    slow,
  ),
  check(
    'sends noise after its greeting',
    'protocol',
    raw((socket) => greetAnd(socket, Buffer.alloc(500, 0xee))),
  ),
  check(
    'announces a packet of 4 GiB',
    'protocol',
    raw((socket) => greetAnd(socket, Buffer.from([0xff, 0xff, 0xff, 0xff, 4, 20, 0, 0]))),
  ),
  check('stalls within the key exchange', 'timeout', relayed(900, 'silence'), slow),
  check('closes within the key exchange', 'closed', relayed(900, 'end')),
  check(
    'knows only unsafe algorithms',
    'protocol',
    spoiled(
      () => {},
      () => ({ algorithms: { kex: ['diffie-hellman-group1-sha1'], cipher: ['aes128-cbc'], hmac: ['hmac-md5'] } }),
    ),
  ),
  check(
    'has only a certificate for a host key',
    'protocol',
    spoiled((connection) => offerOnly(connection, { serverHostKey: ['ssh-ed25519-cert-v01@openssh.com'] })),
  ),
  check(
    'does not know the strict key exchange',
    'ok',
    spoiled((connection) => offerOnly(connection, { kex: (name) => !name.startsWith('kex-strict') })),
  ),
  check(
    'shows another host key',
    'host-key-changed',
    shows(({ otherKey }) => otherKey),
  ),
  check(
    'shows the valid key of another host, as a man in the middle would',
    'host-key-changed',
    shows(({ hostKey }) => hostKey),
    { target: { hostKeyAlias: 'another-host' } },
  ),
  check(
    'shows a host key of another type',
    'host-key-changed',
    shows(({ ecdsaKey }) => ecdsaKey),
  ),
  check(
    'shows a revoked host key',
    'host-key-revoked',
    shows(({ otherKey }) => otherKey),
    {
      target: { hostKeyAlias: 'revoked-host' },
    },
  ),
  check('shows a host key nobody has seen', 'host-key-unknown', good, { target: { hostKeyAlias: 'new-host' } }),
  check('is known by a certificate authority only', 'host-key-unknown', good, {
    target: { hostKeyAlias: 'authority-host' },
  }),
  check(
    'shows the right host key without holding it',
    'protocol',
    spoiled((connection, _socket, { hostKey, otherKey }) => showHostKey(connection, impostor(hostKey, otherKey))),
  ),
  check(
    'stalls in the authentication',
    'timeout',
    answers(() => {}),
    slow,
  ),
  check(
    'closes in the authentication',
    'closed',
    answers((_context, _connection, socket) => socket.destroy()),
  ),
  check(
    'refuses the key for ever',
    'auth',
    answers((context) => context.reject(['publickey'])),
  ),
  check(
    'wants a password',
    'auth',
    answers((context) => context.reject(['password'])),
  ),
  check(
    'wants a password on top of the key',
    'auth',
    answers((context) => context.reject(['password'], true)),
  ),
  check(
    'asks questions only',
    'auth',
    answers((context) => context.reject(['keyboard-interactive'])),
  ),
  check(
    'says there were too many attempts',
    'auth',
    answers((_context, connection, socket) => {
      sayGoodbye(connection, 2, 'Too many authentication failures');
      socket.end();
    }),
  ),
  check(
    'sends a banner of 25 KB with control characters',
    'ok',
    spoiled(
      () => {},
      () => ({ banner: '\u001b[31mhello\u0007'.repeat(2000) }),
    ),
  ),
  check(
    'goes silent right after the authentication',
    'ok',
    spoiled((connection, socket) => void connection.once('ready', () => fallSilent(socket))),
  ),
];

function privateHalf(key: KeyPair): Buffer {
  return readFileSync(key.file);
}

function greetAnd(socket: Socket, bytes: Buffer): void {
  socket.write(Buffer.concat([Buffer.from('SSH-2.0-Nothing\r\n'), bytes]));
}

/** Shows the one key and signs with the other. */
function impostor(shown: KeyPair, held: KeyPair): ParsedKey {
  const parsed = [shown, held].map((key) => ssh2.utils.parseKey(privateHalf(key)));
  const [face, hand] = parsed;
  if (face === undefined || hand === undefined || face instanceof Error || hand instanceof Error) {
    throw new Error('A key of the test cannot be read.');
  }
  return Object.assign(Object.create(face) as ParsedKey, { sign: hand.sign.bind(hand) });
}

function nobodyAt(port: number): MisbehavingServer {
  return { port, received: () => 0, attempts: [], openSockets: () => 0, close: async () => {} };
}

async function deaf(): Promise<MisbehavingServer> {
  const { port, close } = await startDeafListener();
  return { ...nobodyAt(port), close };
}
