import { expect, it } from 'vitest';
import { createHost } from '../../../../main/adapters/host/host.ts';
import { createIdentifiers } from '../../../../main/adapters/host/identifiers.ts';

it('the computer tells what it has', async () => {
  const host = createHost('/tmp');
  expect(host.cpus).toBeGreaterThan(0);
  expect(host.memoryMib).toBeGreaterThan(64);
  expect(host.user).not.toBe('');
  expect(host.bootId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await host.diskFreeMib()).toBeGreaterThan(0);
});

it('identities are lower-case uuids of version 4, and differ', () => {
  const { uuid } = createIdentifiers();
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuid()).not.toBe(uuid());
});
