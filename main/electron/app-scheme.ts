import { protocol } from 'electron';
import { rendererFile, securityHeaders } from './renderer-files.ts';

const scheme = 'vigil';

/**
 * Before the app is ready. No fetch privilege: a page of another origin could then read ours. What was compiled of our
 * scripts is kept in the profile, so that a later start need not do it anew.
 */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, codeCache: true } }]);
}

/**
 * Serves `vigil://app/` from the built renderer in `folder` (absolute), reading only. Chromium reads the files by itself: an
 * answer made here would wait for this thread with every piece of it.
 */
export function serveAppScheme(folder: string): void {
  protocol.registerFileProtocol(scheme, ({ method, url }, answer) => {
    const file = method === 'GET' ? rendererFile(folder, url) : null;
    if (file === null) answer({ error: notFound });
    else answer({ path: file.path, headers: { ...securityHeaders, 'Content-Type': file.contentType } });
  });
}

/** `net::ERR_FILE_NOT_FOUND`. */
const notFound = -6;
