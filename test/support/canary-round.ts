import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CallName } from '../../main/contract/calls.ts';
import { failureOf } from '../../main/contract/failure.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import { hitsOf, type Place, type Secret, canary as secretOf } from './canaries.ts';
import { eventually as eventuallyWithin } from './eventually.ts';
import { accepts, type Behaviour, badBehaviours, type HookReceiver, startHookReceiver } from './hook-receiver.ts';
import { loopbackCertificate } from './loopback-certificate.ts';
import { startMailReceiver } from './mail-receiver.ts';
import { machineProcessesOf } from './processes-of-home.ts';
import { searchedEngine } from './searched-engine.ts';

export interface CanaryReport {
  readonly canaries: number;
  /** Everything that was looked through. */
  readonly places: readonly Place[];
  /** `slot in place`. */
  readonly hits: readonly string[];
  /** Messages that were delivered, and tries that were answered badly: what is not sent cannot leak. */
  readonly delivered: number;
  readonly refused: number;
}

/** On a computer that has much else to do. */
const patienceMs = 120_000;
const eventually = <T>(what: string, look: () => T | Promise<T>) => eventuallyWithin(what, look, patienceMs);
const hooks = ['slack', 'discord', 'teams', 'webhook'] as const;
const channels = [...hooks, 'email', 'appinsights'] as const;
const insightsKey = '7f3ac4f4-0000-4000-8000-00000000c4f4';
const reads: readonly CallName[] = [
  'alert.rules',
  'alert.text',
  'alert.active',
  'alert.history',
  'alert.mutes',
  'channel.list',
  'channel.secrets',
  'delivery.list',
  'machine.list',
  'journal.list',
  'hook.runs',
  'engine.status',
  'settings.get',
];
const commands = [
  'list',
  'history',
  'monitor alert list',
  'monitor alert active',
  'monitor alert history',
  'monitor channel list',
  'monitor channel secret list',
  'monitor delivery list',
  'lifecycle daemon status',
  'lifecycle hook demo',
];

/** Says back whatever it was told, as a careless receiver writes it into its answer. */
const telltale: Behaviour = ({ path: asked, headers, body }, response) =>
  void response.writeHead(400, { 'x-asked': asked }).end(`no: ${asked} ${JSON.stringify(headers)} ${body}`);

/**
 * A canary in every place that can hold a secret, and one life of an engine after the other: receivers that fail in every
 * way and say back what they heard, a machine that is killed, an engine that is killed while messages wait, hooks that print
 * their environment, files that are broken, secrets that are given where none can be kept. Then everything that was written,
 * said, sent or shown is looked through. `leak`: the control, a canary where no secret belongs.
 */
export async function canaryRound({ leak = false } = {}): Promise<CanaryReport> {
  const canaries: Secret[] = [];
  const canary = (slot: string): string => {
    const text = `c4n4ry${String(canaries.length + 1).padStart(2, '0')}x7f3a9`;
    canaries.push(secretOf(slot, text));
    return text;
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'vs-'));
  const home = path.join(folder, 'home');
  const searched = searchedEngine(folder, home);
  const { places, say, command: here, begin: life } = searched;
  const receivers = new Map<string, HookReceiver>();
  for (const name of [...hooks, 'appinsights']) receivers.set(name, await startHookReceiver(telltale));
  const password = canary('mail password');
  const mail = await startMailReceiver({ password, isTelltale: true });
  const urlOf = (name: string): string => receivers.get(name)?.url ?? '';
  const behave = (behaviour: Behaviour): void => {
    for (const receiver of receivers.values()) receiver.behave(behaviour);
  };

  writeFileSync(path.join(folder, 'certificate.pem'), loopbackCertificate.cert);
  const address = (name: string): string =>
    `${urlOf(name)}/${canary(`${name} path`)}?sig=${canary(`${name} query`)}&token=${canary(`${name} token`)}`;
  canaries.push(secretOf('insights key', insightsKey));
  const strangers = ['AWS_SECRET_ACCESS_KEY', 'AZURE_CLIENT_SECRET', 'GITHUB_TOKEN'];
  const shared = {
    NODE_EXTRA_CA_CERTS: path.join(folder, 'certificate.pem'),
    ...Object.fromEntries(strangers.map((name) => [name, canary(`${name} of the environment`)])),
  };
  const environment: NodeJS.ProcessEnv = {
    ...shared,
    VIGIL_SLACK_WEBHOOK_URL: address('slack'),
    VIGIL_DISCORD_WEBHOOK_URL: address('discord'),
    VIGIL_TEAMS_WEBHOOK_URL: address('teams'),
    VIGIL_WEBHOOK_URL: address('webhook'),
    VIGIL_WEBHOOK_SECRET: canary('webhook signing key'),
    ALERT_WEBHOOK_URL: `${urlOf('webhook')}/${canary('ALERT_WEBHOOK_URL')}`,
    SMTP_USER: 'user@tests.test',
    SMTP_PASSWORD: password,
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${insightsKey};IngestionEndpoint=https://127.0.0.1:${receivers.get('appinsights')?.port}/${canary('insights endpoint')}`,
  };
  const on = 'enabled: true, allow_private: true';
  const rulesFile = (lines: readonly string[]): void =>
    writeFileSync(
      path.join(home, 'alert_rules.yaml'),
      [
        'rules:',
        `  - { name: ${leak ? canary('a place where no secret belongs') : 'down'}, metric: machine_down, severity: critical, notification_channels: [${channels.join(', ')}] }`,
        'notification_config:',
        `  email: { ${on}, smtp_host: 127.0.0.1, smtp_port: ${mail.port}, from_address: vigil@tests.test, to_addresses: [me@tests.test] }`,
        `  appinsights: { ${on} }`,
        ...lines,
      ].join('\n'),
    );
  rulesFile(hooks.map((name) => `  ${name}: { ${on} }`));
  const hook = path.join(folder, 'tell.sh');
  writeFileSync(hook, '#!/bin/sh\nenv\ntr "\\0" " " < /proc/$PPID/cmdline\ncat\nexit 3\n');
  chmodSync(hook, 0o700);

  const tried = async (engine: SocketConnection, state: 'delivered' | 'parked', least: number): Promise<void> => {
    await eventually(
      `${least} messages ${state}`,
      async () => (await engine.call('delivery.list', { limit: 1000, state })).length >= least,
    );
  };
  const endMachine = async (engine: SocketConnection): Promise<void> => {
    await engine.call('operation.wait', { operation: (await engine.call('machine.start', { machine: 'demo' })).id });
    const [machine] = machineProcessesOf(home);
    if (machine !== undefined) process.kill(machine.pid, 'SIGKILL');
    await eventually('a machine that was lost', async () => {
      const { machine: it } = await engine.call('machine.get', { machine: 'demo' });
      return it.state === 'failed';
    });
  };
  const readAll = async (engine: SocketConnection): Promise<void> => {
    for (const name of reads) {
      const answer = await engine.call(name, {} as never).catch((error: unknown) => failureOf(error));
      say(`call ${name}`, JSON.stringify(answer));
    }
    for (const command of commands) for (const form of [[], ['--json']]) await here([...command.split(' '), ...form]);
  };

  try {
    let engine = await life(environment);
    const created = await engine.call('machine.create', { name: 'demo', cpus: 1, memoryMib: 64, diskMib: 16 });
    await engine.call('operation.wait', { operation: created.id });
    await engine.call('hook.set', { machine: 'demo', event: 'on_failure', path: hook });
    say('hook', JSON.stringify(await engine.call('hook.test', { machine: 'demo', event: 'on_failure' })));

    // Refused for good by whoever says back what it heard; then every other way to fail.
    await endMachine(engine);
    await tried(engine, 'parked', hooks.length);
    for (const behaviour of [telltale, ...Object.values(badBehaviours).filter((each) => each !== badBehaviours.hang)]) {
      behave(behaviour);
      for (const channel of ['slack', 'webhook', 'appinsights'] as const)
        await here(['monitor', 'channel', 'test', channel]);
    }
    behave(telltale);
    await here(['monitor', 'channel', 'test', 'email']);

    // Given where none can be kept, as arguments, by the input and by a call of a stranger.
    await here(['monitor', 'channel', 'secret', 'set', 'slack-address', canary('argument of the command line')]);
    await here(['monitor', 'channel', 'secret', 'set', 'mail-password'], canary('input of the command line'));
    for (const input of [
      { slot: 'slack address', secret: canary('call that cannot keep it') },
      { slot: 'no such slot', secret: canary('call with a slot that there is not') },
    ])
      say('call', JSON.stringify(await engine.call('channel.keep-secret', input as never).catch(failureOf)));

    // Files that are broken, with secrets where none belong.
    for (const [name, text] of [
      ['settings.toml', `[azure]\nclient_secret = "${canary('settings.toml')}"\n`],
      ['lifecycle-config.toml', `[vms.demo]\npassword = "${canary('lifecycle-config.toml')}"\n`],
    ] as const) {
      const before = places.length;
      writeFileSync(path.join(home, name), text, { mode: 0o600 });
      await eventually(`a word about ${name}`, () =>
        places
          .slice(before)
          .some((place) => place.name === 'event engine.notices-changed' && place.text.includes(name)),
      );
    }
    await readAll(engine);

    // Killed while messages wait; what the next one sends is taken.
    behave(badBehaviours['server error'] ?? telltale);
    await searched.kill(engine);
    behave(accepts);
    engine = await life(environment);
    await endMachine(engine);
    for (const { id } of await engine.call('delivery.list', { limit: 1000, state: 'parked' }))
      await engine.call('delivery.resend', { delivery: id });
    await tried(engine, 'delivered', channels.length);
    await readAll(engine);
    await searched.end(engine);

    // Addresses in the file itself, which is then broken.
    const inFile = hooks.map(
      (name) =>
        `  ${name}: { ${on}, ${name === 'webhook' ? 'url' : 'webhook_url'}: "${urlOf(name)}/${canary(`${name} in alert_rules.yaml`)}" }`,
    );
    rulesFile(inFile);
    behave(telltale);
    engine = await life(shared);
    for (const channel of hooks) await here(['monitor', 'channel', 'test', channel]);
    const before = places.length;
    rulesFile([...inFile, `  smtp_password: "${canary('alert_rules.yaml, where none belongs')}"`]);
    await eventually('a word about the rules', () =>
      places
        .slice(before)
        .some(({ name, text }) => name === 'event engine.notices-changed' && text.includes('alert_rules')),
    );
    await readAll(engine);
    const deliveries = await engine.call('delivery.list', { limit: 1000 });
    await searched.end(engine);

    for (const [name, receiver] of receivers)
      for (const [index, { body }] of receiver.received.entries()) say(`message ${index} of ${name}`, body);
    for (const [index, { source }] of mail.received.entries()) say(`mail ${index}`, source);
    searched.gather();
    return {
      canaries: canaries.length,
      places,
      hits: hitsOf(canaries, places, mayHold),
      delivered: deliveries.filter(({ state }) => state === 'delivered').length,
      refused: [...receivers.values()].reduce((sum, { received }) => sum + received.length, 0),
    };
  } finally {
    await searched.close();
    for (const receiver of receivers.values()) await receiver.close();
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A person wrote it there: the file itself, and the copy of its last good version that is as closed as the file. */
const ownFiles = new Set(['alert_rules.yaml', '.last-good/alert_rules.yaml', 'settings.toml', 'lifecycle-config.toml']);

const mayHold = (slot: string, place: string): boolean =>
  ownFiles.has(place.replace(/ \(.*$/, '')) || isGivenByAFace(slot, place) || isForItsReceiver(slot, place);

/** A person gave it to the input of a command line or to a call, which brings it to the engine; nobody else can open the socket. */
function isGivenByAFace(slot: string, place: string): boolean {
  return /^(input|call)\b/.test(slot) && place.startsWith('socket ');
}

/** Application Insights is told the key by each message, which has no other place for it. */
function isForItsReceiver(slot: string, place: string): boolean {
  return slot === 'insights key' && /^message \d+ of appinsights$/.test(place);
}
