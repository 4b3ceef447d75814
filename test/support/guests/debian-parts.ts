import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Packages at the versions this computer's lists offer: names in the order asked for, each with its version. */
export function offeredPackages(
  names: readonly string[],
): readonly { readonly name: string; readonly version: string }[] {
  const text = apt('apt-cache', ['show', '--no-all-versions', ...names]);
  const versions = new Map<string, string>();
  for (const block of text.split('\n\n')) {
    const name = /^Package: (.+)$/m.exec(block)?.[1];
    const version = /^Version: (.+)$/m.exec(block)?.[1];
    if (name !== undefined && version !== undefined) versions.set(name, version);
  }
  return names.map((name) => {
    const version = versions.get(name);
    if (version === undefined) throw new Error(`apt knows no package ${name}; run: apt-get update`);
    return { name, version };
  });
}

/** The one package that a package without contents stands for. */
export function dependencyOf(name: string, pattern: RegExp): string {
  const found = /^Depends: (.+)$/m.exec(apt('apt-cache', ['show', '--no-all-versions', name]))?.[1];
  const match = found === undefined ? null : pattern.exec(found);
  if (match === null) throw new Error(`${name} depends on nothing like ${pattern}`);
  return match[0];
}

/** Downloads packages and lays their contents into `folder`, installing nothing. */
export function unpackPackages(names: readonly string[], folder: string): void {
  const downloads = `${folder}.deb`;
  mkdirSync(downloads, { recursive: true });
  mkdirSync(folder, { recursive: true });
  apt('apt-get', ['download', '--quiet', ...names], downloads);
  for (const file of readdirSync(downloads)) {
    execFileSync('dpkg-deb', ['-x', path.join(downloads, file), folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  rmSync(downloads, { recursive: true, force: true });
}

function apt(program: string, args: readonly string[], folder?: string): string {
  return execFileSync(program, [...args], {
    encoding: 'utf8',
    ...(folder === undefined ? {} : { cwd: folder }),
    maxBuffer: 16 * 1024 * 1024,
    timeout: 300_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
