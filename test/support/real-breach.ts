import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppFixtures } from './app-test.ts';
import { eventually } from './eventually.ts';
import { makeOnceBusyGuest } from './guests/once-busy-guest.ts';
import { slackBehaviour, startHookReceiver } from './hook-receiver.ts';
import { connectToEngineOf } from './launch-headless.ts';
import { loopbackCertificate } from './loopback-certificate.ts';
import { startMailReceiver } from './mail-receiver.ts';

/** What a breach looked like from outside, step by step. */
export interface BreachStory {
  /** From the begin of the breach to the last of tray, notification, mail and Slack; milliseconds. */
  readonly toldMs: number;
  /** Captions of the notification, left to right. */
  readonly buttons: readonly string[];
  readonly firingMenu: readonly string[];
  readonly isAnotherProcess: boolean;
  /** From the press of the button to the last word that it is over. */
  readonly overMs: number;
  /** Subjects of the mails, and first words of the messages at Slack, in order. */
  readonly mails: readonly string[];
  readonly slack: readonly string[];
  readonly notifications: readonly { readonly title: string; readonly closed: boolean }[];
}

const patience = 240_000;
const password = 'mail-password-of-the-test';

/**
 * A real guest burns its processor in the real app, a person presses Restart now on the notification, and it is over: with a
 * mail server that wants TLS and a password, and a receiver that behaves as Slack does.
 */
export async function realBreach(
  { launch, desktop, home }: Pick<AppFixtures, 'launch' | 'desktop' | 'home'>,
  intervalSeconds: number,
): Promise<BreachStory> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vb-'));
  const mail = await startMailReceiver({ password });
  const slack = await startHookReceiver(slackBehaviour);
  try {
    const certificate = path.join(folder, 'certificate.pem');
    writeFileSync(certificate, loopbackCertificate.cert);
    configure(home, mail.port, intervalSeconds);
    await launch({
      args: ['--hidden'],
      environment: {
        NODE_EXTRA_CA_CERTS: certificate,
        VIGIL_SLACK_WEBHOOK_URL: slack.url,
        SMTP_USER: 'vigil@tests.test',
        SMTP_PASSWORD: password,
      },
    });
    const engine = await connectToEngineOf(home);
    const created = await engine.call('machine.create', { name: 'burner', cpus: 1, memoryMib: 64, diskMib: 16 });
    await engine.call('operation.wait', { operation: created.id });
    makeOnceBusyGuest(path.join(home, 'machines', created.machineId, 'disk.qcow2'));
    const started = await engine.call('machine.start', { machine: 'burner' });
    await engine.call('operation.wait', { operation: started.id });
    const pidOf = async (): Promise<number | null> => {
      const { machine } = await engine.call('machine.get', { machine: 'burner' });
      return machine.state === 'running' ? (machine.pid ?? null) : null;
    };
    const pid = await eventually('a machine that runs', pidOf);

    const began = performance.now();
    const firing = await eventually(
      'a notification that it burns',
      () => desktop.notifications.find(({ title }) => title === 'burner: busy'),
      patience,
    );
    await eventually('a mail', () => mail.received.length >= 1, patience);
    await eventually('a message at Slack', () => slack.received.length >= 1, patience);
    await desktop.trayThat('that tells of it', ({ tooltip }) => tooltip.includes('1 alert: busy of burner'));
    const toldMs = performance.now() - began;
    const menu = await desktop.menuThat('with the alert', (items) => items.some(({ label }) => label === '1 alert'));
    const firingMenu = menu.find(({ label }) => label === '1 alert')?.items[0]?.items ?? [];

    const pressed = performance.now();
    desktop.invoke(firing.id, 'restart');
    const again = await eventually(
      'the machine running again',
      async () => {
        const now = await pidOf();
        return now !== null && now !== pid ? now : null;
      },
      patience,
    );
    await eventually(
      'the word that it is over',
      () => desktop.notifications.some(({ title }) => title === 'burner: busy is over'),
      patience,
    );
    await eventually('a second mail', () => mail.received.length >= 2, patience);
    await eventually('a second message at Slack', () => told(slack.received).length >= 2, patience);
    await desktop.trayThat('at rest', ({ tooltip }) => !tooltip.includes('alert'));
    await eventually('the notification closed', () => desktop.notifications.find(({ id }) => id === firing.id)?.closed);
    const overMs = performance.now() - pressed;
    engine.close();
    return {
      toldMs,
      overMs,
      buttons: firing.actions.filter((_text, index) => index % 2 === 1),
      firingMenu: firingMenu.filter(({ separator }) => !separator).map(({ label }) => label),
      isAnotherProcess: again !== pid,
      mails: mail.received.map(({ source }) => /^Subject: (.*)$/m.exec(source)?.[1]?.trim() ?? ''),
      slack: told(slack.received),
      notifications: desktop.notifications.map(({ title, closed }) => ({ title, closed })),
    };
  } finally {
    await slack.close();
    await mail.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A slow computer shares its cores with all that runs beside: far less than a whole one is a breach here. */
function configure(home: string, mailPort: number, intervalSeconds: number): void {
  writeFileSync(
    path.join(home, 'settings.toml'),
    `[collection]\ninterval_seconds = ${intervalSeconds}\n[recovery]\nstop_seconds = 1\n`,
    { mode: 0o600 },
  );
  writeFileSync(
    path.join(home, 'alert_rules.yaml'),
    [
      'rules:',
      '  - { name: busy, metric: cpu_percent, threshold: 20, clear: 15, severity: critical, notification_channels: [email, slack] }',
      'notification_config:',
      `  email: { enabled: true, allow_private: true, smtp_host: 127.0.0.1, smtp_port: ${mailPort}, from_address: vigil@tests.test, to_addresses: [me@tests.test] }`,
      '  slack: { enabled: true, allow_private: true }',
    ].join('\n'),
    { mode: 0o600 },
  );
}

/** Messages that Slack took; one that came too soon after another is sent again. */
function told(received: readonly { readonly body: string }[]): readonly string[] {
  const texts = received.map(({ body }) => (JSON.parse(body) as { readonly text: string }).text);
  return texts.filter((text, index) => texts.indexOf(text) === index);
}
