import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { SshTarget } from '../../engine/ports/ssh.ts';
import { offeredAlgorithms } from './algorithms.ts';
import { createAuthentication } from './authentication.ts';
import type { HostKeyFiles } from './host-key-files.ts';
import { judgeHostKey } from './judge-host-key.ts';
import type { KnownHost } from './known-hosts.ts';
import type { NameLookup } from './name-lookup.ts';
import type { Identities, PrivateKeys } from './private-keys.ts';
import { quickenSsh2 } from './quicken-ssh2.ts';
import type { Slots } from './slots.ts';
import { createSshConnection, type SshConnection } from './ssh-connection.ts';
import { sshFailure } from './ssh-failure.ts';
import { awaitBanner, cancelled, openTcp, type StepFailure } from './tcp-steps.ts';
import { createTimeBudget, type TimeBudget } from './time-budget.ts';
import { cleanText } from './untrusted-text.ts';

export interface OpenSshTools {
  readonly clock: Clock;
  readonly names: NameLookup;
  readonly hostKeys: HostKeyFiles;
  readonly keys: PrivateKeys;
  /** Bounds how many handshakes are computed at once. */
  readonly handshakes: Slots;
  /** The agent's socket; null when there is none. Asked each time. */
  readonly agentPath: () => string | null;
}

export type SshOpening =
  | { readonly kind: 'open'; readonly connection: SshConnection }
  | ({ readonly kind: 'failed' } & StepFailure);

const dnsMs = 5000;
const filesMs = 5000;
const kexMs = 10_000;
const authMs = 15_000;

/**
 * The one factory of SSH connections: host key always verified, keys only, nothing forwarded, every step bounded. Whatever
 * fails, no socket and no timer is left. `keepaliveMs` is 0 for a connection that is closed right away. Never rejects.
 */
export async function openSsh(
  tools: OpenSshTools,
  target: SshTarget,
  timeoutMs: number,
  signal: StopSignal,
  keepaliveMs: number,
): Promise<SshOpening> {
  const budget = createTimeBudget(tools.clock, timeoutMs, signal);
  const where = `${target.host} port ${target.port}`;
  const failed = (failure: StepFailure): SshOpening => ({ ...failure, kind: 'failed' });

  // Read ahead, while the network is slow; a fault in them is told only when everything before it went well.
  const files = Promise.all([
    tools.hostKeys.lookUp(target).catch((error: Error) => error),
    tools.keys.identities(target.keyFile, tools.agentPath()),
  ]);
  const addresses = await resolve(tools.names, target.host, budget);
  if ('finding' in addresses) return failed(addresses);
  const tcp = await openTcp(addresses, target.port, where, budget);
  if (tcp.kind === 'bad') return failed(tcp);
  const banner = await awaitBanner(tcp.socket, where, budget);
  if (banner.kind === 'bad') return failed(banner);
  const { socket } = banner;
  const giveUp = (failure: StepFailure): SshOpening => {
    socket.destroy();
    return failed(failure);
  };

  const read = await budget.wait(filesMs, files);
  if (read.kind === 'cancelled') return giveUp(cancelled);
  if (read.kind === 'late') return giveUp({ finding: 'not-tried', reason: 'The key files could not be read in time.' });
  const [host, identities] = read.value;
  if (host instanceof Error) return giveUp({ finding: 'host-key-unknown', reason: host.message });

  const slot = await budget.step<() => void>(Number.POSITIVE_INFINITY, (done) => tools.handshakes.enter(done));
  if (slot.kind === 'cancelled') return giveUp(cancelled);
  if (slot.kind === 'late') {
    return giveUp({ finding: 'not-tried', reason: 'Too many other handshakes were under way to try in time.' });
  }
  try {
    return await shakeHands(tools, target, where, socket, host, identities, budget, keepaliveMs);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return giveUp({ finding: 'not-tried', reason: `Vigil could not try (${cleanText(text)}).` });
  } finally {
    slot.value();
  }
}

async function resolve(names: NameLookup, host: string, budget: TimeBudget): Promise<readonly string[] | StepFailure> {
  try {
    const end = await budget.wait(dnsMs, names.addressesOf(host));
    if (end.kind === 'done') return end.value;
    if (end.kind === 'cancelled') return cancelled;
    return { finding: 'name-resolution', reason: `The name ${host} was not resolved in time.` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { finding: 'name-resolution', reason: `The name ${host} has no address${code}.` };
  }
}

async function shakeHands(
  tools: OpenSshTools,
  target: SshTarget,
  where: string,
  socket: Socket,
  host: KnownHost,
  identities: Identities,
  budget: TimeBudget,
  keepaliveMs: number,
): Promise<SshOpening> {
  const client = new ssh2.Client();
  let failure: StepFailure | null = null;
  let stage: 'kex' | 'auth' = 'kex';
  let told = () => {};
  const fail = (reason: StepFailure) => {
    failure ??= reason;
    told();
  };
  const judge = judgeHostKey(target, where, host, tools.hostKeys);
  const authentication = createAuthentication(target.user, where, identities, tools.clock, judge.remember, fail);
  const connection = createSshConnection(client, socket, tools.clock, authentication.close);
  // Stays for the connection's whole life: an error without a listener would end the engine.
  client.on('error', (error) => {
    const meaning = sshFailure(error, stage, where);
    if (meaning !== null) fail(meaning);
  });
  const stop = connection.whenClosed(() => fail(closedDuring(stage, where)));

  const kex = await budget.step<boolean>(kexMs, (done) => {
    told = () => done(false);
    quickenSsh2(client);
    client.once('handshake', () => {
      stage = 'auth';
      done(true);
    });
    // The socket may have died while we waited for our turn; ssh2 would not notice.
    if (failure !== null || socket.destroyed) {
      fail(closedDuring(stage, where));
      return () => {};
    }
    client.connect({
      sock: socket,
      username: target.user,
      algorithms: offeredAlgorithms(host.keyTypes),
      hostVerifier: judge.accepts(fail),
      authHandler: authentication.handler,
      agentForward: false,
      tryKeyboard: false,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
      // Our own limits, on our own clock.
      readyTimeout: 0,
    });
    return () => {};
  });
  if (kex.kind !== 'done' || !kex.value) return finish(kex.kind);
  const auth = await budget.step<boolean>(authMs, (done) => {
    told = () => done(false);
    client.once('ready', () => done(true));
    if (failure !== null) done(false);
    return () => {};
  });
  if (auth.kind !== 'done' || !auth.value) return finish(auth.kind);
  stop();
  return { kind: 'open', connection };

  function finish(kind: 'done' | 'late' | 'cancelled'): SshOpening {
    stop();
    connection.destroy();
    if (kind === 'cancelled') return { kind: 'failed', ...cancelled };
    if (kind === 'late') return { kind: 'failed', ...lateDuring(stage, where) };
    return { kind: 'failed', ...(failure ?? closedDuring(stage, where)) };
  }
}

function closedDuring(stage: 'kex' | 'auth', where: string): StepFailure {
  const step = stage === 'kex' ? 'key exchange' : 'authentication';
  return { finding: 'closed', reason: `${where} closed the connection during the ${step}.` };
}

function lateDuring(stage: 'kex' | 'auth', where: string): StepFailure {
  const step = stage === 'kex' ? 'key exchange' : 'authentication';
  return { finding: 'timeout', reason: `${where} answered, but the ${step} did not end in time.` };
}
