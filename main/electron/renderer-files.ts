import path from 'node:path';
import { isAppAddress } from './sender-check.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * Sent with every answer, also a refusal. No opener policy: no page here opens another or is opened by one, and with it
 * Chromium throws the process that it made for the window away and makes a second one before it shows anything.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()',
  'Cache-Control': 'no-cache',
};

export interface RendererFile {
  readonly path: string;
  readonly contentType: string;
}

/**
 * The file behind an address of ours; null for anything else. `folder` is absolute. Nothing outside of `folder` is ever
 * named, however the address is spelled, and no kind of file we do not ship.
 */
export function rendererFile(folder: string, address: string): RendererFile | null {
  if (!isAppAddress(address)) return null;
  let pathname: string;
  try {
    pathname = decodeURIComponent(new URL(address).pathname);
  } catch {
    return null;
  }
  // A second layer of escaping, a backslash or a control character has no business in a name of ours.
  if (!/^[/\w.-]+$/.test(pathname)) return null;
  const file = path.resolve(folder, `.${pathname === '/' ? '/index.html' : pathname}`);
  if (!file.startsWith(folder + path.sep)) return null;
  const contentType = contentTypes[path.extname(file)];
  return contentType === undefined ? null : { path: file, contentType };
}
