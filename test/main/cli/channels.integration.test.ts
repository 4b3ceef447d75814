import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, ChannelTest } from '../../../main/contract/channel.ts';
import { runCliHere } from '../../support/cli-here.ts';
import { type CliResult, runCliProcess } from '../../support/cli-process.ts';
import {
  accepts,
  discordBehaviour,
  type HookReceiver,
  insightsBehaviour,
  slackBehaviour,
  startHookReceiver,
  teamsBehaviour,
} from '../../support/hook-receiver.ts';
import { loopbackCertificate } from '../../support/loopback-certificate.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';
import { killProcessesOfHome } from '../../support/processes-of-home.ts';

/** The real command line and a real engine, whose secrets are strings that are looked for everywhere afterwards. */

const canary = (slot: string): string => `c4n4ry-${slot}-7f3a`;
const channels = ['slack', 'discord', 'teams', 'webhook', 'email', 'appinsights'] as const;
const insightsKey = '7f3ac4f4-0000-4000-8000-00000000c4f4';

let folder = '';
let home = '';
let receivers: Readonly<Record<Exclude<(typeof channels)[number], 'email'>, HookReceiver>>;
let mail: MailReceiver;
let environment: NodeJS.ProcessEnv = {};
const said: CliResult[] = [];
const vigil = async (...args: string[]): Promise<CliResult> => {
  // The first one starts the engine, which has its secrets from there.
  const result = await (said.length === 0 ? runCliProcess(home, args, environment) : runCliHere(home, args));
  said.push(result);
  return result;
};

beforeAll(async () => {
  folder = mkdtempSync('/tmp/vc-');
  home = path.join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(path.join(folder, 'certificate.pem'), loopbackCertificate.cert);
  receivers = {
    slack: await startHookReceiver(slackBehaviour),
    discord: await startHookReceiver(discordBehaviour),
    teams: await startHookReceiver(teamsBehaviour),
    webhook: await startHookReceiver(accepts),
    appinsights: await startHookReceiver(insightsBehaviour),
  };
  mail = await startMailReceiver({ password: canary('password') });
  const on = 'enabled: true, allow_private: true';
  writeFileSync(
    path.join(home, 'alert_rules.yaml'),
    [
      'notification_config:',
      `  email: { ${on}, smtp_host: 127.0.0.1, smtp_port: ${mail.port}, from_address: vigil@tests.test, to_addresses: [me@tests.test] }`,
      ...['slack', 'discord', 'teams', 'webhook', 'appinsights'].map((name) => `  ${name}: { ${on} }`),
    ].join('\n'),
  );
  environment = {
    NODE_EXTRA_CA_CERTS: path.join(folder, 'certificate.pem'),
    VIGIL_SLACK_WEBHOOK_URL: `${receivers.slack.url}/${canary('slack')}`,
    VIGIL_DISCORD_WEBHOOK_URL: `${receivers.discord.url}/${canary('discord')}`,
    VIGIL_TEAMS_WEBHOOK_URL: `${receivers.teams.url}/${canary('teams')}`,
    VIGIL_WEBHOOK_URL: `${receivers.webhook.url}/${canary('webhook')}`,
    VIGIL_WEBHOOK_SECRET: canary('signing'),
    SMTP_USER: 'user@tests.test',
    SMTP_PASSWORD: canary('password'),
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${insightsKey};IngestionEndpoint=https://127.0.0.1:${receivers.appinsights.port}/${canary('insights')}`,
  };
});

afterAll(async () => {
  await vigil('lifecycle', 'daemon', 'stop');
  await killProcessesOfHome(home);
  for (const receiver of Object.values(receivers)) await receiver.close();
  await mail.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('channels from the command line', () => {
  it('are listed as they are set up, and a message of a test arrives over each', async () => {
    const list = JSON.parse((await vigil('monitor', 'channel', 'list', '--json')).stdout) as readonly Channel[];
    expect(list.map(({ name, state }) => [name, state])).toEqual(
      ['desktop', 'email', 'slack', 'discord', 'teams', 'webhook', 'appinsights'].map((name) => [name, 'ready']),
    );
    for (const channel of channels) {
      const { exitCode, stdout, stderr } = await vigil('monitor', 'channel', 'test', channel, '--json');
      expect(exitCode, stderr).toBe(0);
      expect(JSON.parse(stdout) as ChannelTest).toMatchObject({ channel, delivered: true });
    }
    for (const receiver of Object.values(receivers)) expect(receiver.received).toHaveLength(1);
    expect(mail.received).toMatchObject([{ isSecure: true, to: ['me@tests.test'] }]);
    expect(receivers.slack.received[0]?.path).toContain(canary('slack'));
  });

  it('that fail say why, and the exit code is 1', async () => {
    for (const name of ['slack', 'webhook', 'appinsights'] as const)
      receivers[name].behave((_request, response) => void response.writeHead(404).end('gone'));
    for (const name of ['slack', 'webhook', 'appinsights']) {
      const { exitCode, stderr } = await vigil('monitor', 'channel', 'test', name);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('404 gone');
    }
    await mail.close();
    const { exitCode, stderr } = await vigil('monitor', 'channel', 'test', 'email');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('127.0.0.1');
  });

  it('leave no secret anywhere: not in a file, an answer, or the arguments of a process', async () => {
    for (const command of [
      'monitor channel list',
      'monitor delivery list',
      'monitor alert list',
      'monitor alert history',
      'history',
    ])
      for (const form of [[], ['--json']]) {
        const { exitCode, stderr } = await vigil(...command.split(' '), ...form);
        expect(exitCode, stderr).toBe(0);
      }
    const { pid } = JSON.parse((await vigil('lifecycle', 'daemon', 'status', '--json')).stdout) as {
      readonly pid: number;
    };
    const places = [
      ...filesBelow(home).map((file) => ({ name: file, text: readFileSync(file, 'latin1') })),
      ...said.map(({ stdout, stderr }, index) => ({ name: `answer ${index}`, text: stdout + stderr })),
      { name: 'arguments', text: readFileSync(`/proc/${pid}/cmdline`, 'latin1') },
    ];
    expect(places.length).toBeGreaterThan(20);
    expect(
      places.filter(({ text }) => text.includes('c4n4ry') || text.includes(insightsKey)).map(({ name }) => name),
    ).toEqual([]);
    // The control: what was looked through is what they write.
    expect(places.some(({ name, text }) => name.includes('state.db') && text.includes('engine.started'))).toBe(true);
  });
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
