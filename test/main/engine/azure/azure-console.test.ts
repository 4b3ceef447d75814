import { describe, expect, it } from 'vitest';
import { Settings } from '../../../../main/contract/settings.ts';
import type { AzureVm } from '../../../../main/engine/ports/azure.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure, fakeFault } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

async function rig(): Promise<{ readonly azure: FakeAzure; readonly vm: AzureVm; readonly test: EngineUnderTest }> {
  const azure = new FakeAzure();
  const vm = azure.add('web');
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser' } }), fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  return { azure, vm, test };
}

const look = async ({ engine }: EngineUnderTest, machine: string) =>
  engine.handlers['machine.screenshot']({ machine, kept: false }, someone);

describe('a machine of Azure', () => {
  it('is looked at by the picture that the platform took last, at its time by our clock', async () => {
    const { azure, test } = await rig();
    azure.aheadMs = 60_000;
    azure.screen = {
      ok: true,
      value: { png: 'cGljdHVyZQ==', bytes: 7, width: 1024, height: 768, at: Date.parse('2026-01-01T00:00:00Z') },
    };
    expect(await look(test, 'Shop/web')).toEqual({
      machine: 'web',
      at: '2026-01-01T00:01:00.000Z',
      width: 1024,
      height: 768,
      bytes: 7,
      path: null,
      png: 'cGljdHVyZQ==',
    });
    azure.screen = { ok: false, fault: fakeFault('refused') };
    await expect(look(test, 'web')).rejects.toMatchObject({ code: 'refused' });
  });

  it('offers a picture where boot diagnostics are on or may be, and says which', async () => {
    const { azure, vm, test } = await rig();
    const seen = async () => (await test.engine.handlers['machine.get']({ machine: 'web' }, someone)).machine;
    const change = async (keepsConsole: boolean) => {
      azure.vms.set(vm.resourceId.toLowerCase(), { ...vm, keepsConsole });
      await test.engine.handlers['azure.refresh']({}, someone);
    };
    expect(await seen()).toMatchObject({ azure: { console: null } });
    expect((await seen()).capabilities).toContain('screenshot');
    await change(false);
    expect(await seen()).toMatchObject({ azure: { console: false } });
    expect((await seen()).capabilities).not.toContain('screenshot');
    await change(true);
    expect(await seen()).toMatchObject({ azure: { console: true } });
    expect((await seen()).capabilities).toContain('screenshot');
  });

  it('leaves the pictures of local machines to the one who runs them', async () => {
    const { azure, test } = await rig();
    await test.create({ name: 'local' });
    await test.engine.handlers['machine.start']({ machine: 'local' }, someone);
    await look(test, 'local').catch(() => undefined);
    expect(azure.asked).not.toContain('screen');
  });
});
