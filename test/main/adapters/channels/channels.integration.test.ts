import { createHmac } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createChannels } from '../../../../main/adapters/channels/channels.ts';
import { createInsightsTelemetry } from '../../../../main/adapters/channels/insights-telemetry.ts';
import { createEnvironmentSecrets } from '../../../../main/adapters/secrets/environment-secrets.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import type { ChannelMessage, ChannelTarget, SendOutcome } from '../../../../main/engine/ports/channels.ts';
import {
  accepts,
  type Behaviour,
  badBehaviours,
  discordBehaviour,
  type HookReceiver,
  insightsBehaviour,
  slackBehaviour,
  startHookReceiver,
  teamsBehaviour,
} from '../../../support/hook-receiver.ts';
import { trustLoopbackCertificate } from '../../../support/loopback-certificate.ts';
import { createRealClock } from '../../../support/real-clock.ts';
import { sampleMessage } from './sample-message.ts';

const canary = 'canary-in-the-address';
const limits = { totalMs: 2000, sentBytes: 262_144, receivedBytes: 65_536 };
const open: HookReceiver[] = [];
beforeAll(trustLoopbackCertificate);
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});

async function receiverLike(behaviour: Behaviour): Promise<HookReceiver> {
  const receiver = await startHookReceiver(behaviour);
  open.push(receiver);
  return receiver;
}

function send(
  target: ChannelTarget,
  message: ChannelMessage = sampleMessage,
  environment: NodeJS.ProcessEnv = {},
): Promise<SendOutcome> {
  const channels = createChannels({ clock: createRealClock(), secrets: createEnvironmentSecrets(environment), limits });
  return channels.send(target, message, createStopSource().signal);
}

const hook = (channel: 'slack' | 'discord' | 'teams' | 'webhook', url: string): ChannelTarget => ({
  channel,
  url: `${url}/${canary}`,
  allowPrivate: true,
});

describe('receivers as they are', () => {
  it('Application Insights takes figures, one envelope a line, each of one figure', async () => {
    const { port, received } = await receiverLike((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"itemsReceived":2,"itemsAccepted":2,"errors":[]}');
    });
    const key = '00000000-0000-4000-8000-0000000000aa';
    const telemetry = createInsightsTelemetry({
      clock: createRealClock(),
      secrets: createEnvironmentSecrets({
        APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=https://127.0.0.1:${port}/`,
      }),
      limits,
    });
    const measures = ['health.disk_usage', 'health.crash_count'].map((name, value) => {
      return { name, value, machine: 'web-1', at: Date.UTC(2026, 0, 1) };
    });
    const target: ChannelTarget = { channel: 'appinsights', allowPrivate: true };
    expect(await telemetry.send(target, measures, createStopSource().signal)).toMatchObject({ kind: 'delivered' });
    expect(received[0]?.headers['content-type']).toBe('application/x-json-stream');
    expect(received[0]?.path).toBe('/v2.1/track');
    const lines = (received[0]?.body ?? '').split('\n').map((line): unknown => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({
      name: 'Microsoft.ApplicationInsights.Metric',
      time: '2026-01-01T00:00:00.000Z',
      iKey: key,
      data: {
        baseType: 'MetricData',
        baseData: { metrics: [{ name: 'health.crash_count', value: 1 }], properties: { machine: 'web-1' } },
      },
    });
  });

  it('Slack takes a message, and asks for quiet when two come within a second', async () => {
    const { url, received } = await receiverLike(slackBehaviour);
    expect(await send(hook('slack', url))).toEqual({ kind: 'delivered', receipt: '200 ok' });
    expect(await send(hook('slack', url))).toMatchObject({ kind: 'failed', retryAfterMs: 1000, mayHaveArrived: false });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      text: 'web-1: high_cpu',
      attachments: [{ color: '#e09f1f' }],
    });
  });

  it('Discord takes a message without a word', async () => {
    const { url } = await receiverLike(discordBehaviour);
    expect(await send(hook('discord', url))).toEqual({ kind: 'delivered', receipt: '204' });
    const long = { ...sampleMessage, body: '*'.repeat(6000) };
    expect(await send(hook('discord', url), long)).toMatchObject({ kind: 'delivered' });
  });

  it('a workflow of Teams takes a card, also a long one', async () => {
    const { url } = await receiverLike(teamsBehaviour);
    const long = { ...sampleMessage, body: 'ö'.repeat(60_000) };
    for (const message of [sampleMessage, long])
      expect(await send(hook('teams', url), message)).toMatchObject({ kind: 'delivered' });
  });

  it('any receiver of JSON can check who it comes from', async () => {
    const { url, received } = await receiverLike(accepts);
    const outcome = await send(hook('webhook', url), sampleMessage, { VIGIL_WEBHOOK_SECRET: 'signing' });
    expect(outcome.kind).toBe('delivered');
    const [first] = received;
    const headers = first?.headers ?? {};
    const body = first?.body ?? '';
    const expected = createHmac('sha256', 'signing').update(`${headers['x-vigil-timestamp']}.${body}`).digest('hex');
    expect(headers['x-vigil-signature']).toBe(`sha256=${expected}`);
    expect(headers['idempotency-key']).toBe('high_cpu/2c1f3c1e-0000-4000-8000-000000000001/1/firing');
    expect(JSON.parse(body)).toMatchObject({
      rule_name: 'high_cpu',
      vm_name: 'web-1',
      actual_value: 91.2,
      threshold: 80,
      status: 'firing',
    });
  });

  it('Application Insights gets an event whose name tells warnings from criticals', async () => {
    const { port, received } = await receiverLike(insightsBehaviour);
    const connection = `InstrumentationKey=2c1f3c1e-0000-4000-8000-000000000001;IngestionEndpoint=https://127.0.0.1:${port}/`;
    const target = { channel: 'appinsights', allowPrivate: true } as const;
    expect(await send(target, sampleMessage, { APPLICATIONINSIGHTS_CONNECTION_STRING: connection })).toMatchObject({
      kind: 'delivered',
    });
    expect(received[0]?.path).toBe('/v2.1/track');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject([
      { data: { baseType: 'EventData', baseData: { name: 'vigil.alert.warning' } } },
    ]);
  });

  it.each([200, 201, 202, 204])('%i is as good as any other answer that begins with 2', async (status) => {
    const { url } = await receiverLike((_request, response) => void response.writeHead(status).end());
    expect(await send(hook('webhook', url))).toMatchObject({ kind: 'delivered' });
  });
});

describe('receivers as they should not be', () => {
  it.each(Object.entries(badBehaviours))('%s: it is tried again later', async (_name, behaviour) => {
    const { url } = await receiverLike(behaviour);
    const outcome = await send(hook('webhook', url));
    expect(outcome.kind).toBe('failed');
    expect(JSON.stringify(outcome)).not.toContain(canary);
  });

  it('that say back what they were asked are quoted without the secrets in it', async () => {
    const { url } = await receiverLike(
      ({ path, headers }, response) =>
        void response.writeHead(400).end(`no ${path} ${JSON.stringify(headers)}, really`),
    );
    const outcome = await send(hook('webhook', `${url}/${canary}?sig=${canary}-sig`));
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('(not shown)') });
    expect(JSON.stringify(outcome)).not.toContain(canary);
  });

  it.each([400, 401, 403, 404, 410, 413, 301, 307])('%i: nothing more is tried', async (status) => {
    const { url } = await receiverLike(
      (_request, response) => void response.writeHead(status, { location: '/x' }).end('no'),
    );
    const outcome = await send(hook('webhook', url));
    expect(outcome.kind).toBe('refused');
    expect(JSON.stringify(outcome)).not.toContain(canary);
  });

  it('a connection string that is none is refused without being repeated', async () => {
    const outcome = await send({ channel: 'appinsights', allowPrivate: true }, sampleMessage, {
      APPLICATIONINSIGHTS_CONNECTION_STRING: canary,
    });
    expect(outcome.kind).toBe('refused');
    expect(JSON.stringify(outcome)).not.toContain(canary);
  });
});
