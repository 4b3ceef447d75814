import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judgeAddress } from '../../../../main/adapters/channels/judge-address.ts';
import { type Post, post } from '../../../../main/adapters/channels/post.ts';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { accepts, type HookReceiver, startHookReceiver } from '../../../support/hook-receiver.ts';
import { trustLoopbackCertificate } from '../../../support/loopback-certificate.ts';

/** Names of the tests and what a resolver says of them. */
const names: Readonly<Record<string, readonly string[]>> = {
  'metadata.test': ['169.254.169.254'],
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'translated.test': ['64:ff9b::7f00:1'],
  'home.test': ['192.168.1.1'],
  'mixed.test': ['93.184.215.14', '10.0.0.5'],
  'mixed6.test': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::1'],
  'mixed-metadata.test': ['93.184.215.14', '169.254.169.254'],
  'many.test': new Array<string>(17).fill('93.184.215.14'),
  'zone.test': ['fe80::1%eth0'],
  localhost: ['127.0.0.1', '::1'],
};

/** Refused whoever agreed to private addresses or not. */
const never = [
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0xa9.0xfe.0xa9.0xfe/',
  'https://0251.0376.0251.0376/',
  'https://169.254.43518/',
  'https://169.254.169.254./',
  'https://[::ffff:169.254.169.254]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[::ffff:0:a9fe:a9fe]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[64:ff9b::169.254.169.254]/',
  'https://[64:ff9b:1::a9fe:a9fe]/',
  'https://[2002:a9fe:a9fe::1]/',
  'https://[::169.254.169.254]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[2001:db8::1]/',
  'https://[2001:0:7f00:1::]/',
  'https://[100::1]/',
  'https://[::]/',
  'https://0.0.0.0/',
  'https://0/',
  'https://0.1.2.3/',
  'https://100.100.100.200/',
  'https://168.63.129.16/',
  'https://224.0.0.1/',
  'https://239.255.255.250/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://198.18.0.1/',
  'https://192.0.0.1/',
  'https://203.0.113.9/',
  'https://metadata.test/',
  'https://METADATA.test./',
  'https://mixed-metadata.test/',
  'https://many.test/',
  'https://zone.test/',
  'https://user@loopback.test/',
  'https://user:word@loopback.test/',
  'https://93.184.215.14@127.0.0.1/',
  'https://:word@127.0.0.1/',
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'ws://127.0.0.1/',
  'javascript:1',
  '//127.0.0.1/',
  'https://',
  'https://999.1.1.1.1.1/',
  'https://256.256.256.256/',
  'no address at all',
  '',
];

/** Refused unless a person agreed to private addresses. `PORT` is that of a receiver that counts connections. */
const onlyWithConsent = [
  'https://127.0.0.1:PORT/',
  'https://127.1:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f000001:PORT/',
  'https://0x7f.1:PORT/',
  'https://017700000001:PORT/',
  'https://0177.0.0.01:PORT/',
  'https://127.0.0.1.:PORT/',
  'https://127.255.255.254:PORT/',
  'https://①②⑦.0.0.1:PORT/',
  'https://127。0。0。1:PORT/',
  'https://%31%32%37.0.0.1:PORT/',
  'https://[::1]:PORT/',
  'https://[0:0:0:0:0:0:0:1]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://[::ffff:7f00:1]:PORT/',
  'https://[64:ff9b::127.0.0.1]:PORT/',
  'https://[2002:7f00:1::]:PORT/',
  'https://[::127.0.0.1]:PORT/',
  'https://localhost:PORT/',
  'https://LOCALHOST.:PORT/',
  'https://loopback.test:PORT/',
  'https://loopback6.test:PORT/',
  'https://mapped.test:PORT/',
  'https://translated.test:PORT/',
  'https://mixed.test:PORT/',
  'https://mixed6.test:PORT/',
  'https://home.test:PORT/',
  'https://10.0.0.1:PORT/',
  'https://172.16.0.1:PORT/',
  'https://172.31.255.255:PORT/',
  'https://192.168.0.1:PORT/',
  'https://100.64.0.1:PORT/',
  'https://[fc00::1]:PORT/',
  'https://[fd12:3456::1]:PORT/',
  'http://loopback.test:PORT/',
  'http://127.0.0.1:PORT/',
];

let trap: HookReceiver;
let sockets = 0;
const count = (): void => {
  sockets += 1;
};
beforeAll(async () => {
  trustLoopbackCertificate();
  trap = await startHookReceiver(accepts);
});
afterAll(() => trap.close());
beforeEach(() => {
  sockets = 0;
  subscribe('net.client.socket', count);
});
afterEach(() => {
  unsubscribe('net.client.socket', count);
});

const message = (url: string, allowPrivate: boolean): Post => ({
  url,
  allowPrivate,
  headers: { 'content-type': 'application/json', authorization: 'canary' },
  body: '{"canary":true}',
  signal: createStopSource().signal,
});
const lookUp = async (name: string): Promise<readonly string[]> => names[name] ?? [];

describe('what may not be reached', () => {
  it('is tried in more than 80 ways', () => {
    expect(never.length + onlyWithConsent.length).toBeGreaterThanOrEqual(80);
  });

  it.each(never)('%s gets no byte, whatever a person agreed to', async (url) => {
    for (const allowPrivate of [false, true]) {
      const answer = await post(message(url, allowPrivate), lookUp);
      expect(answer.kind).toBe('refused');
    }
    expect(sockets).toBe(0);
    expect(trap.connections).toBe(0);
  });

  it.each(onlyWithConsent)('%s gets no byte unless a person agreed', async (url) => {
    const answer = await post(message(url.replace('PORT', String(trap.port)), false), lookUp);
    expect(answer.kind).toBe('refused');
    expect(sockets).toBe(0);
    expect(trap.connections).toBe(0);
  });

  it('control: where a person agreed, the same addresses are connected to, and the trap counts', async () => {
    const own = await startHookReceiver(accepts);
    try {
      for (const url of ['https://127.1:PORT/', 'https://2130706433:PORT/', 'https://localhost:PORT/']) {
        const answer = await post(message(url.replace('PORT', String(own.port)), true), lookUp);
        expect(answer).toMatchObject({ kind: 'answered', status: 200 });
      }
      expect(sockets).toBe(3);
      expect(own.connections).toBe(3);
    } finally {
      await own.close();
    }
  });

  it('an address in the open internet is allowed', () => {
    for (const address of ['93.184.215.14', '8.8.8.8', '2606:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8'])
      expect(judgeAddress(address)).toBe('allowed');
  });
});

describe('a second hop', () => {
  it.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is not followed, and no credential goes further',
    async (status) => {
      const second = await startHookReceiver(accepts);
      const first = await startHookReceiver(
        (_request, response) => void response.writeHead(status, { location: second.url }).end(),
      );
      try {
        const answer = await post(message(first.url, true), lookUp);
        expect(answer).toMatchObject({ kind: 'answered', status });
        expect(first.received[0]?.headers.authorization).toBe('canary');
        expect(second.connections).toBe(0);
      } finally {
        await first.close();
        await second.close();
      }
    },
  );

  it('a name is looked up once: one that changes its mind leads nowhere else', async () => {
    const own = await startHookReceiver(accepts);
    let looks = 0;
    const rebinding = async (): Promise<readonly string[]> => {
      looks += 1;
      return looks === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
    };
    try {
      const answer = await post(message(`https://receiver.test:${own.port}/`, true), rebinding);
      expect(answer).toMatchObject({ kind: 'answered', status: 200 });
      expect(looks).toBe(1);
      expect(own.received[0]?.headers.host).toBe(`receiver.test:${own.port}`);
    } finally {
      await own.close();
    }
  });

  it('no proxy of the environment is asked', async () => {
    const [own, proxy] = [await startHookReceiver(accepts), await startHookReceiver(accepts, false)];
    process.env.HTTPS_PROXY = proxy.url;
    process.env.https_proxy = proxy.url;
    try {
      expect(await post(message(own.url, true), lookUp)).toMatchObject({ kind: 'answered', status: 200 });
      expect(proxy.connections).toBe(0);
    } finally {
      delete process.env.HTTPS_PROXY;
      delete process.env.https_proxy;
      await own.close();
      await proxy.close();
    }
  });
});

describe('limits', () => {
  const limits = { totalMs: 300, sentBytes: 1000, receivedBytes: 10_000 };

  it('a certificate for another name gets no byte of the message', async () => {
    const own = await startHookReceiver(accepts);
    try {
      const answer = await post(message(`https://other.test:${own.port}/`, true), async () => ['127.0.0.1']);
      expect(answer).toMatchObject({ kind: 'failed', mayHaveArrived: false });
      expect(own.received).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('a receiver that hangs is left in time, and may have taken it', async () => {
    const own = await startHookReceiver(() => undefined);
    try {
      expect(await post(message(own.url, true), lookUp, { ...limits, totalMs: 1500 })).toMatchObject({
        kind: 'failed',
        mayHaveArrived: true,
      });
    } finally {
      await own.close();
    }
  });

  it('a receiver that never stops talking is left', async () => {
    const own = await startHookReceiver((_request, response) => {
      response.writeHead(200);
      const talk = (): boolean => response.write('x'.repeat(4096));
      response.on('drain', talk);
      while (talk());
    });
    try {
      const answer = await post(message(own.url, true), lookUp, { ...limits, totalMs: 10_000 });
      expect(answer).toMatchObject({ kind: 'answered', status: 200 });
      expect(answer.kind === 'answered' ? answer.text.length : 0).toBeLessThanOrEqual(2048);
    } finally {
      await own.close();
    }
  });

  it('a message that is too large is not begun', async () => {
    const answer = await post({ ...message(trap.url, true), body: 'x'.repeat(1001) }, lookUp, limits);
    expect(answer.kind).toBe('refused');
    expect(sockets).toBe(0);
  });

  it('nobody at the other end is told from somebody who hangs up', async () => {
    const own = await startHookReceiver((_request, response) => void response.socket?.destroy());
    try {
      expect(await post(message(own.url, true), lookUp)).toMatchObject({
        kind: 'failed',
        mayHaveArrived: true,
        isUnreached: false,
      });
      await own.close();
      expect(await post(message(own.url, true), lookUp)).toMatchObject({
        kind: 'failed',
        mayHaveArrived: false,
        isUnreached: true,
      });
    } finally {
      await own.close();
    }
  });
});
