import { VigilError } from '../../contract/failure.ts';
import type { DesktopNotification } from '../../contract/notification.ts';
import type { DesktopNotifier } from '../../engine/ports/desktop-notifier.ts';
import type { Processes } from '../../engine/ports/processes.ts';

/** What node-notifier's own notifiers have in common. */
interface Notifier {
  /** Hands back what the program wrote to standard error when nothing failed: text, mostly empty. */
  notify(options: Record<string, unknown>, done: (error: Error | string | null) => void): unknown;
}

export interface DesktopNotifierOptions {
  readonly platform: NodeJS.Platform;
  /** Picture beside the words. */
  readonly icon: string;
  readonly processes: Pick<Processes, 'find' | 'run'>;
}

const limitMs = 10_000;
/** So long the desktop shows it. */
const shownMs = 10_000;
const bodyLength = 300;

/**
 * The desktop without an app: `notify-send`, or the Notification Center and toasts through node-notifier. What was shown
 * cannot be taken back by these, so closing is left to the desktop.
 */
export function createDesktopNotifier(options: DesktopNotifierOptions): DesktopNotifier {
  const { platform } = options;
  let loading: Promise<Notifier> | null = null;
  const notifier = (): Promise<Notifier> => {
    loading ??= load(platform);
    return loading;
  };
  return {
    show: async (notification) =>
      platform === 'darwin' || platform === 'win32'
        ? send(await notifier(), notification, options)
        : notifySend(notification, options),
    close: () => Promise.resolve(),
  };
}

/** Only the platform's own one is loaded: each looks for its helper program as it loads. */
async function load(platform: NodeJS.Platform): Promise<Notifier> {
  const { default: Own } =
    platform === 'darwin'
      ? await import('node-notifier/notifiers/notificationcenter.js')
      : await import('node-notifier/notifiers/toaster.js');
  return new Own();
}

/** Not through node-notifier, which would hand a shell and all of our environment, with the secrets in it, to the program. */
async function notifySend(
  { title, body, severity }: DesktopNotification,
  { platform, icon, processes }: DesktopNotifierOptions,
): Promise<void> {
  const program = await processes.find('notify-send');
  if (program === null)
    throw new VigilError('unreachable', 'The desktop took no notification: there is no notify-send.');
  const urgency = severity === 'critical' ? 'critical' : 'normal';
  const how = ['--icon', icon, '--app-name', 'Vigil', '--urgency', urgency, '--expire-time', String(shownMs)];
  const { exitCode, stderr } = await processes.run(program, [...how, '--', title, plainBody(body, platform)], {
    timeoutMs: limitMs,
  });
  if (exitCode === 0) return;
  const said = stderr.trim().split('\n').at(-1)?.slice(0, bodyLength) ?? '';
  throw new VigilError('unreachable', `The desktop took no notification: ${said === '' ? 'notify-send failed' : said}`);
}

/**
 * A body may hold what a guest said: one line, of limited length, and on Linux without markup, which notification services
 * there may obey, and without the backslash codes of notify-send.
 */
function plainBody(body: string, platform: NodeJS.Platform): string {
  const line = body
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, bodyLength);
  if (platform === 'darwin' || platform === 'win32') return line;
  const text = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return text.replaceAll('\\', '\\\\');
}

function send(
  notifier: Notifier,
  notification: DesktopNotification,
  { platform, icon }: DesktopNotifierOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new VigilError('timeout', 'The desktop did not take a notification within 10 s.')),
      limitMs,
    );
    const options = {
      title: notification.title,
      message: plainBody(notification.body, platform),
      icon,
    };
    notifier.notify(options, (error) => {
      clearTimeout(timer);
      if (!(error instanceof Error)) resolve();
      else
        reject(new VigilError('unreachable', `The desktop took no notification: ${error.message}`, { cause: error }));
    });
  });
}
