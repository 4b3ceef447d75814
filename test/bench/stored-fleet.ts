import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { createSystemClock } from '../../main/adapters/clock/system-clock.ts';
import { createDataHome } from '../../main/adapters/files/create-data-home.ts';
import { createMachineDefinitions } from '../../main/adapters/files/machine-definitions.ts';
import { createSqliteStateStore } from '../../main/adapters/sqlite/sqlite-state-store.ts';
import { MachineConfig } from '../../main/contract/machine.ts';
import { root } from '../../scripts/project.mjs';
import { recordingLog } from '../support/recording-log.ts';

/** Fills a data home with stopped machines, as their creation would have left it but for the disks. */
export async function storeFleet(home: string, count: number): Promise<void> {
  await createDataHome(home);
  const log = recordingLog();
  const definitions = createMachineDefinitions({ home, clock: createSystemClock(), log });
  const store = createSqliteStateStore({
    home,
    migrationsFolder: path.join(root, 'resources', 'migrations', 'state'),
    log,
  });
  const config = MachineConfig.parse({ memoryMib: 512, tags: ['bench'] });
  const machines = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    name: `machine-${String(index + 1).padStart(4, '0')}`,
    config,
  }));
  await store.open();
  try {
    for (const machine of machines) await definitions.write(machine);
    await store.commit(
      machines.map((machine) => ({
        kind: 'machine-put',
        machine: {
          ...machine,
          provider: 'qemu',
          wanted: 'stopped',
          state: 'stopped',
          generation: 0,
          runtime: null,
          notice: null,
          createdAt: new Date().toISOString(),
          startedAt: null,
          stoppedAt: null,
        },
      })),
    );
  } finally {
    await store.close();
  }
}
