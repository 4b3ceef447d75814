import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../../main/contract/failure.ts';
import { engineUnderTest, someone } from '../../../support/engine-under-test.ts';

const rest = { machine: 'demo' };
const small = { name: 'demo', memoryMib: 64, diskMib: 16 };

async function withMachine() {
  const under = await engineUnderTest();
  await under.create({ ...small, start: true });
  under.provider.console.calls.length = 0;
  return under;
}

describe('the console of a machine', () => {
  it('is followed, searched and pictured by name', async () => {
    const { engine, provider } = await withMachine();
    await engine.handlers['console.follow']({ ...rest, from: 7, limit: 10, waitMs: 5 }, someone);
    await engine.handlers['console.search']({ ...rest, text: 'panic', limit: 3 }, someone);
    const shot = await engine.handlers['machine.screenshot']({ ...rest, kept: false }, someone);
    expect(shot).toMatchObject({ machine: 'demo', width: 720, height: 400 });
    expect(await engine.handlers['machine.screenshot']({ ...rest, kept: true }, someone)).toEqual(shot);
    expect(provider.console.calls).toEqual([
      'follow demo from=7 limit=10 wait=5',
      'search demo panic before=undefined limit=3',
      'picture demo',
    ]);
  });

  it('writes down who typed, once for a sitting', async () => {
    const { engine, provider, actions, store, clock } = await withMachine();
    const type = (user: string) => engine.handlers['console.write']({ ...rest, data: 'bHMK' }, { user, face: 'cli' });
    await type('ada');
    await type('ada');
    await type('bob');
    expect(provider.console.calls).toEqual(['write demo bHMK', 'write demo bHMK', 'write demo bHMK']);
    const typed = store.journal.filter(({ action }) => action === 'console.typed');
    expect(typed.map(({ details }) => details.user)).toEqual(['ada', 'bob']);
    expect(typed[0]).toMatchObject({ actor: 'user', machine: 'demo', summary: "ada typed at the console of 'demo'." });
    await clock.advance(600_001);
    await type('ada');
    expect(actions().filter((action) => action === 'console.typed')).toHaveLength(3);
  });

  it('writes down nothing of keys that were refused', async () => {
    const { engine, provider, actions } = await withMachine();
    provider.console.typeError = new VigilError('conflict', 'It does not run.');
    const typing = engine.handlers['console.write']({ ...rest, data: 'bHMK' }, someone);
    await expect(typing).rejects.toMatchObject({ code: 'conflict' });
    expect(actions()).not.toContain('console.typed');
  });

  it('keeps every log in bounds, also when one of them cannot be', async () => {
    const { clock, create, provider, log } = await withMachine();
    await create({ ...small, name: 'other' });
    provider.console.trimError = new Error('the disk is gone');
    await clock.advance(60_000);
    expect(provider.console.trimmed).toEqual(['demo', 'other']);
    expect(log.lines.filter((line) => line.includes('kept in bounds'))).toHaveLength(2);
  });

  it('looks at the log of a machine that rests once, and again when it has run', async () => {
    const { clock, create, engine, provider } = await withMachine();
    await create({ ...small, name: 'resting' });
    await clock.advance(180_000);
    expect(provider.console.trimmed).toEqual(['demo', 'resting', 'demo', 'demo']);
    await engine.handlers['machine.start']({ machine: 'resting' }, someone);
    await clock.advance(60_000);
    provider.console.trimmed.length = 0;
    await engine.handlers['machine.stop']({ machine: 'resting', force: true }, someone);
    await clock.advance(180_000);
    expect(provider.console.trimmed.filter((name) => name === 'resting')).toHaveLength(1);
  });
});
