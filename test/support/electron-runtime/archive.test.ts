import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { extractTarMember, extractZip } from './archive.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function tarOf(members: Record<string, Buffer>): Buffer {
  const blocks = Object.entries(members).flatMap(([name, body]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function zipOf(members: { name: string; body: Buffer; packed: boolean; mode: number }[]): Buffer {
  const locals: Buffer[] = [];
  const table: Buffer[] = [];
  let at = 0;
  for (const { name, body, packed, mode } of members) {
    const data = packed ? deflateRawSync(body) : body;
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    // An extra field that only the local header has.
    local.writeUInt16LE(4, 28);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 'latin1');
    central.writeUInt16LE(packed ? 8 : 0, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    table.push(central, Buffer.from(name));
    const whole = Buffer.concat([local, Buffer.from(name), Buffer.alloc(4), data]);
    locals.push(whole);
    at += whole.length;
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

it('one member comes out of a tar archive, whole', async () => {
  const wanted = Buffer.alloc(300_001, 'abc');
  const archive = path.join(folder, 'a.tgz');
  writeFileSync(
    archive,
    tarOf({ 'package/first': Buffer.from('x'), 'package/wanted': wanted, 'package/last': wanted }),
  );
  const target = path.join(folder, 'out');
  await extractTarMember(archive, 'package/wanted', target);
  expect(readFileSync(target).equals(wanted)).toBe(true);
  await expect(extractTarMember(archive, 'package/none', target)).rejects.toThrow('package/none is not in a.tgz');
});

it('chosen files come out of a zip archive with their modes, packed or stored or empty', async () => {
  const archive = path.join(folder, 'a.zip');
  const text = Buffer.from('text '.repeat(1000));
  writeFileSync(
    archive,
    zipOf([
      { name: 'app/', body: Buffer.alloc(0), packed: false, mode: 0o755 },
      { name: 'app/packed', body: text, packed: true, mode: 0o755 },
      { name: 'app/stored', body: text, packed: false, mode: 0o644 },
      { name: 'app/empty', body: Buffer.alloc(0), packed: false, mode: 0o644 },
      { name: 'app/other', body: text, packed: true, mode: 0o644 },
    ]),
  );
  const placed: string[] = [];
  await extractZip(archive, (name) => {
    if (name === 'app/other') return null;
    placed.push(name);
    return path.join(folder, name);
  });
  expect(placed).toEqual(['app/packed', 'app/stored', 'app/empty']);
  expect(readFileSync(path.join(folder, 'app/packed')).equals(text)).toBe(true);
  expect(readFileSync(path.join(folder, 'app/stored')).equals(text)).toBe(true);
  expect(statSync(path.join(folder, 'app/empty')).size).toBe(0);
  expect(statSync(path.join(folder, 'app/packed')).mode & 0o777).toBe(0o755);
});
