/** The origin of every page of ours. */
export const appOrigin = 'vigil://app';

/** The part of Electron's `WebFrameMain` that is asked. */
export interface SenderFrame {
  readonly parent: unknown;
  readonly origin: string;
  readonly url: string;
  readonly processId: number;
  readonly routingId: number;
}

/** The part of Electron's `WebContents` that is asked. */
export interface SenderContents {
  readonly id: number;
  readonly mainFrame: SenderFrame;
  isDestroyed(): boolean;
}

export interface IpcSender {
  readonly sender: SenderContents;
  readonly senderFrame: SenderFrame | null | undefined;
}

/**
 * Whether a message may be heard at all: from a window of ours that still lives, from its main frame, with exactly our
 * origin. A blank or missing address is a stranger's. Reading a frame that is being torn down throws in Electron; that
 * is a no as well.
 */
export function isTrustedSender(event: IpcSender, windowIds: ReadonlySet<number>): boolean {
  try {
    const { sender, senderFrame: frame } = event;
    if (sender.isDestroyed() || !windowIds.has(sender.id)) return false;
    if (frame === null || frame === undefined || frame.parent !== null) return false;
    const main = sender.mainFrame;
    if (frame.processId !== main.processId || frame.routingId !== main.routingId) return false;
    return frame.origin === appOrigin && isAppAddress(frame.url);
  } catch {
    return false;
  }
}

/** Whether an address belongs to our own scheme and host, however it is spelled. */
export function isAppAddress(address: string): boolean {
  try {
    const { protocol, host, username, password } = new URL(address);
    return `${protocol}//${host}` === appOrigin && username === '' && password === '';
  } catch {
    return false;
  }
}
