import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../../main/contract/journal.ts';
import { Settings } from '../../../../main/contract/settings.ts';
import type { AzureVm } from '../../../../main/engine/ports/azure.ts';
import type { AzureActivity } from '../../../../main/engine/ports/azure-insight.ts';
import { type EngineUnderTest, engineUnderTest, someone } from '../../../support/engine-under-test.ts';
import { FakeAzure } from '../../../support/fake-azure.ts';
import { MemorySettings } from '../../../support/fake-ports.ts';

const minute = 60_000;

interface Rig {
  readonly azure: FakeAzure;
  readonly vm: AzureVm;
  readonly test: EngineUnderTest;
}

async function rig(...schedules: readonly string[]): Promise<Rig> {
  const azure = new FakeAzure();
  const vm = azure.add('web');
  azure.publicAddresses.set(vm.resourceId.toLowerCase(), '203.0.113.7');
  const settings = new MemorySettings();
  settings.reading = { settings: Settings.parse({ azure: { sign_in: 'browser', schedules } }), fault: null };
  const test = await engineUnderTest({ azure, settings });
  await test.engine.handlers['azure.refresh']({}, someone);
  return { azure, vm, test };
}

/** Watched, well for a while, and then silent. */
async function silent(): Promise<Rig> {
  const it = await rig();
  await it.test.engine.handlers['lifecycle.enable'](
    { machine: 'web', watch: { restart_policy: 'on-failure' } },
    someone,
  );
  await it.test.clock.advance(30 * minute);
  it.test.ssh.findings.set('203.0.113.7:22', 'unreachable');
  return it;
}

const verbs = ({ azure }: Rig) => azure.sent.map(({ act }) => act.verb);

/** Somebody did this so many minutes ago. */
function somebody({ azure, vm, test }: Rig, verb: string, ago: number, parts: Partial<AzureActivity> = {}): void {
  const key = vm.resourceId.toLowerCase();
  const act: AzureActivity = {
    at: test.clock.wallNow() - ago * minute,
    operation: `Microsoft.Compute/virtualMachines/${verb}`,
    status: 'Succeeded',
    caller: 'ann@contoso.com',
    category: 'Administrative',
    text: '',
    ...parts,
  };
  azure.activities.set(key, [...(azure.activities.get(key) ?? []), act]);
}

const why = async ({ test }: Rig): Promise<string> =>
  (await test.engine.handlers['machine.why']({ machine: 'web' }, someone)).sentences.join(' ');

async function skipped({ test }: Rig): Promise<readonly JournalEntry[]> {
  const entries = await test.engine.handlers['journal.list']({ limit: 200 }, someone);
  return entries.filter(({ action }) => action === 'schedule.skipped');
}

describe('a machine that somebody works on in Azure itself', () => {
  it('is not healed for a quarter of an hour after what the log of Azure names, and then is', async () => {
    const it = await silent();
    somebody(it, 'restart/action', 2);
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toEqual([]);
    expect(await why(it)).toContain('Someone worked on it');
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toContain('restart');
  });

  it('is not healed after a change that nobody has named yet, since the log is minutes late', async () => {
    const it = await silent();
    it.azure.set(it.vm, 'running', { changedAt: it.test.clock.wallNow() - 3 * 60 * minute });
    await it.test.clock.advance(minute);
    it.azure.set(it.vm, 'running', { changedAt: it.test.clock.wallNow() });
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toEqual([]);
    expect(await why(it)).toContain('Someone worked on it');
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toContain('restart');
  });

  it('is healed in spite of what was long ago, of mere looks, and of what the platform did', async () => {
    const it = await silent();
    somebody(it, 'restart/action', 40);
    somebody(it, 'retrieveBootDiagnosticsData/action', 1);
    somebody(it, 'restart/action', 1, { category: 'ResourceHealth' });
    await it.test.clock.advance(8 * minute);
    expect(verbs(it)).toContain('restart');
  });

  it('is healed again where the act was our own, also by what Azure says of it later', async () => {
    const it = await silent();
    it.azure.set(it.vm, 'running', { changedAt: it.test.clock.wallNow() - 60 * minute });
    for (let step = 0; step < 40 && verbs(it).length < 1; step += 1) await it.test.clock.advance(15_000);
    expect(verbs(it)).toEqual(['restart']);
    somebody(it, 'restart/action', 0, { status: 'Started' });
    it.azure.set(it.vm, 'running', { changedAt: it.test.clock.wallNow() });
    await it.test.clock.advance(14 * minute);
    expect(verbs(it).length).toBeGreaterThan(1);
  });

  it('is healed where the log does not answer: that speaks for nobody', async () => {
    const it = await silent();
    it.azure.slowLog = true;
    await it.test.clock.advance(8 * minute);
    expect(verbs(it)).toContain('restart');
  });
});

describe('a schedule', () => {
  it('leaves a machine alone that somebody has just started in the portal, and says so', async () => {
    const it = await rig('web: stop 00:30, daily, UTC');
    await it.test.clock.advance(25 * minute);
    somebody(it, 'start/action', 1);
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toEqual([]);
    expect(await skipped(it)).toMatchObject([
      {
        summary:
          "The scheduled deallocation of 'web' was left out: somebody started it or switched it off in Azure just before.",
      },
    ]);
  });

  it('leaves a machine alone that was seen to be started, before any log names it', async () => {
    const it = await rig('web: stop 00:30, daily, UTC');
    it.azure.set(it.vm, 'deallocated');
    await it.test.clock.advance(20 * minute);
    it.azure.set(it.vm, 'running');
    await it.test.clock.advance(15 * minute);
    expect([verbs(it), (await skipped(it)).length]).toEqual([[], 1]);
  });

  it('goes on in spite of what changes no power, and of what was long before', async () => {
    const it = await rig('web: stop 00:30, daily, UTC');
    await it.test.clock.advance(25 * minute);
    somebody(it, 'start/action', 20);
    somebody(it, 'write', 1);
    somebody(it, 'runCommand/action', 1);
    await it.test.clock.advance(10 * minute);
    expect(verbs(it)).toEqual(['deallocate']);
  });
});
