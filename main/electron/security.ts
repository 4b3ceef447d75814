import { app, type Session, type WebContents } from 'electron';
import { isAppAddress } from './sender-check.ts';

/**
 * Denies everything a page of ours never needs, to every session and every page from the moment it exists. There are no
 * conditions to get around; only the developer tools of an unpackaged app may load themselves.
 * Call before the app is ready.
 */
export function forbidEverything(): void {
  app.on('session-created', restrictSession);
  app.on('web-contents-created', (_event, contents) => restrictContents(contents));
  app.on('select-client-certificate', (event) => event.preventDefault());
}

function restrictSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Without a handler Electron denies every request to capture the display.
  session.setDisplayMediaRequestHandler(null);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !mayLoad(url) }));
}

function mayLoad(url: string): boolean {
  return isAppAddress(url) || (!app.isPackaged && url.startsWith('devtools://devtools/'));
}

function restrictContents(contents: WebContents): void {
  const deny = (event: { preventDefault(): void }) => event.preventDefault();
  contents.on('will-navigate', deny);
  contents.on('will-frame-navigate', deny);
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', deny);
  contents.on('will-prevent-unload', deny);
  // The request filter does not see WebRTC: without a proxy it then reaches nobody.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
