import type { MachineDetail } from '../../contract/machine.ts';

/** What is known in detail of a machine that runs elsewhere. */
export const nothingLocal: Omit<MachineDetail, 'machine'> = {
  config: null,
  definitionPath: null,
  diskPath: null,
  diskUsedBytes: null,
  disks: [],
  consoleLogPath: null,
  acceleratorReason: null,
  mac: null,
  guest: null,
};
