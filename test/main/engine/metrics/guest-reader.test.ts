import { expect, it } from 'vitest';
import { createStopSource } from '../../../../main/contract/stop-signal.ts';
import { type AskGuest, createGuestReader } from '../../../../main/engine/metrics/guest-reader.ts';
import { guestReportCommand, guestRoutineCommand } from '../../../../main/engine/metrics/guest-report.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const minute = 60_000;
function rig() {
  const clock = new ManualClock();
  const state = { boot: 'a', used: 40, says: true, asked: [] as string[] };
  const ask: AskGuest = async (command) => {
    state.asked.push(command === guestReportCommand ? 'disk too' : 'routine');
    if (!state.says) return '';
    const disk = `=vigil= df\nx\n/dev/vda 100 ${state.used} ${100 - state.used} 1% /\n`;
    const routine = `=vigil= /proc/stat\ncpu  1 2 3 4 5 6 7 8\n=vigil= /proc/sys/kernel/random/boot_id\n${state.boot}\n`;
    return command === guestRoutineCommand ? routine : routine + disk;
  };
  const reader = createGuestReader(clock);
  const read = async (id = 'web') => (await reader.read(id, ask, 1000, createStopSource().signal)).diskPercent;
  return { clock, state, read };
}

it('asks for the disk once a minute of a reading every twelve seconds, and lets the answer stand between', async () => {
  const { clock, state, read } = rig();
  const seen: (number | null)[] = [];
  for (let index = 0; index < 11; index++) {
    state.used = 40 + index;
    seen.push(await read());
    // A round comes a little late or early.
    await clock.advance(minute / 5 + (index % 2 === 0 ? 40 : -40));
  }
  expect(seen).toEqual([40, 40, 40, 40, 40, 45, 45, 45, 45, 45, 50]);
  expect(state.asked.filter((what) => what === 'disk too')).toHaveLength(3);
});

it('asks each machine for itself, and every time where readings are rare', async () => {
  const { clock, state, read } = rig();
  await read('web');
  state.used = 60;
  expect(await read('db')).toBe(60);
  expect(await read('web')).toBe(40);
  await clock.advance(10 * minute);
  expect(await read('web')).toBe(60);
});

it('asks for the disk with every reading at the usual beat of a minute', async () => {
  const { clock, state, read } = rig();
  for (let index = 0; index < 4; index++) {
    state.used = 40 + index;
    expect(await read()).toBe(40 + index);
    await clock.advance(minute + (index % 2 === 0 ? 40 : -40));
  }
});

it('lets no answer stand beyond a reboot', async () => {
  const { clock, state, read } = rig();
  await read();
  await clock.advance(minute / 5);
  state.boot = 'b';
  state.used = 70;
  expect(await read()).toBeNull();
  await clock.advance(minute / 5);
  expect(await read()).toBe(70);
});

it('lets no answer stand beyond a reading that failed', async () => {
  const { clock, state, read } = rig();
  await read();
  state.says = false;
  await expect(read()).rejects.toMatchObject({ code: 'refused' });
  state.says = true;
  state.used = 70;
  await clock.advance(minute / 5);
  expect(await read()).toBe(70);
});
