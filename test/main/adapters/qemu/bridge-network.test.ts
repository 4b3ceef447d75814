import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BridgePlaces, examineBridge } from '../../../../main/adapters/qemu/bridge-network.ts';
import { MachineConfig } from '../../../../main/contract/machine.ts';

let folder: string;
let places: BridgePlaces;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vigil-bridge-'));
  const networkCards = path.join(folder, 'net');
  mkdirSync(path.join(networkCards, 'br0', 'bridge'), { recursive: true });
  mkdirSync(path.join(networkCards, 'eth0'));
  const helper = path.join(folder, 'helper');
  writeFileSync(helper, '');
  chmodSync(helper, 0o755);
  const rules = path.join(folder, 'bridge.conf');
  writeFileSync(rules, '# mine\nallow br0\n');
  places = { networkCards, helpers: [helper], rules: [rules], isRoot: true };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const examine = (config: Partial<MachineConfig>, change: Partial<BridgePlaces> = {}) =>
  examineBridge(MachineConfig.parse(config), { ...places, ...change });
const bridged = { network: 'bridge', bridge: 'br0' } as const;

it('a bridge that is there and allowed is taken, and so is a machine without one', async () => {
  expect(await examine(bridged)).toEqual([]);
  expect(await examine({})).toEqual([]);
  expect(await examine({ network: 'nat' })).toEqual([]);
});

it.each([
  ['no name', { network: 'bridge' }, {}, 'bridge', 'Name the bridge', undefined],
  ['a bridge without its network', { bridge: 'br0' }, {}, 'bridge', 'for the network bridge, not default', undefined],
  ['no such card', { ...bridged, bridge: 'br9' }, {}, 'bridge', 'has no bridge br9', 'sudo ip link add br9'],
  ['a card that is no bridge', { ...bridged, bridge: 'eth0' }, {}, 'bridge', 'has no bridge eth0', 'ip link add'],
  ['no helper', bridged, { helpers: ['/nowhere/helper'] }, 'network', 'is not installed', 'apt-get install'],
  ['a helper without rights', bridged, { isRoot: false }, 'network', 'may not touch bridges', 'chmod u+s'],
  ['no rules', bridged, { rules: ['/nowhere/bridge.conf'] }, 'bridge', 'does not allow', 'allow br0'],
] as const)('%s is refused beforehand, with what is missing', async (_, config, change, field, message, hint) => {
  const [fault] = await examine({ ...config }, change as Partial<BridgePlaces>);
  expect(fault).toMatchObject({ field, message: expect.stringContaining(message) });
  if (hint === undefined) expect(fault?.hint).toBeUndefined();
  else expect(fault?.hint).toContain(hint);
});

it.each([
  ['allow all\n', true],
  ['allow br0\ndeny all\n', false],
  ['deny br0\nallow all\n', false],
  ['allow br1\n', false],
  ['#allow br0\n', false],
  ['', false],
])('rules %j say %s', async (text, isAllowed) => {
  writeFileSync(places.rules[0] ?? '', text);
  expect((await examine(bridged)).length === 0).toBe(isAllowed);
});

it('port forwards are not of a bridge', async () => {
  expect(await examine({ ...bridged, forwards: [{ host: 2222, guest: 22 }] })).toMatchObject([{ field: 'forwards' }]);
});
