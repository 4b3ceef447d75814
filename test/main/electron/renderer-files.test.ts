import { describe, expect, test } from 'vitest';
import { rendererFile, securityHeaders } from '../../../main/electron/renderer-files.ts';

const folder = '/opt/vigil/out/renderer';

test.each([
  ['vigil://app/', 'index.html', 'text/html; charset=utf-8'],
  ['vigil://app/#/machines/1', 'index.html', 'text/html; charset=utf-8'],
  ['vigil://app/index.html?x=1', 'index.html', 'text/html; charset=utf-8'],
  ['vigil://app/assets/index-Ab_1.js', 'assets/index-Ab_1.js', 'text/javascript; charset=utf-8'],
  ['vigil://app/assets/index.css', 'assets/index.css', 'text/css; charset=utf-8'],
  ['vigil://app/assets/../index.html', 'index.html', 'text/html; charset=utf-8'],
])('%s is %s', (address, file, contentType) => {
  expect(rendererFile(folder, address)).toEqual({ path: `${folder}/${file}`, contentType });
});

describe('nothing is served', () => {
  test.each([
    'vigil://app/..%2fmain%2felectron.cjs',
    'vigil://app/%252e%252e%252fmain.js',
    'vigil://app/..%5cmain.js',
    'vigil://app/a%00.js',
    'vigil://app/index.html%0a',
    'vigil://app/a%ff.js',
    'vigil://app/%',
    'vigil://app/assets/',
    'vigil://app/no-extension',
    'vigil://app/state.db',
    'vigil://evil/index.html',
    'vigil://app.evil/index.html',
    'file:///opt/vigil/out/renderer/index.html',
    'https://app/index.html',
    '',
  ])('at %j', (address) => {
    expect(rendererFile(folder, address)).toBeNull();
  });

  test.each(['vigil://app/../renderer-secret/key.js', 'vigil://app/%2e%2e/main/cli.js', 'vigil://app//etc/x.js'])(
    'outside of the folder at %j',
    (address) => {
      expect(rendererFile(folder, address)?.path).toMatch(/^\/opt\/vigil\/out\/renderer\//);
    },
  );

  test('in a folder whose name begins like ours', () => {
    expect(rendererFile('/opt/a', 'vigil://app/..%2fab%2fx.js')).toBeNull();
  });
});

test('the policy allows our own files and nothing else', () => {
  const policy = securityHeaders['Content-Security-Policy'] ?? '';
  const directives = new Map(
    policy.split('; ').map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]),
  );
  expect(directives.get('default-src')).toBe("'none'");
  expect(directives.get('script-src')).toBe("'self'");
  expect(directives.get('connect-src')).toBe("'none'");
  expect(directives.get('require-trusted-types-for')).toBe("'script'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});
