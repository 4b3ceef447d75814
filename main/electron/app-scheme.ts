import { readFile } from 'node:fs/promises';
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

/** Serves `vigil://app/` from the built renderer in `folder` (absolute), reading only. */
export function serveAppScheme(folder: string): void {
  protocol.handle(scheme, async ({ method, url }) => {
    const file = method === 'GET' ? rendererFile(folder, url) : null;
    if (file === null) return answer(404, 'text/plain; charset=utf-8', 'Not found.');
    try {
      return answer(200, file.contentType, new Uint8Array(await readFile(file.path)));
    } catch {
      return answer(404, 'text/plain; charset=utf-8', 'Not found.');
    }
  });
}

function answer(status: number, contentType: string, body: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { status, headers: { ...securityHeaders, 'Content-Type': contentType } });
}
