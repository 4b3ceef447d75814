function size(name: string, cores: number, memoryGib: number, disks: number): Record<string, string | number> {
  return {
    name,
    numberOfCores: cores,
    osDiskSizeInMB: 1_047_552,
    resourceDiskSizeInMB: 0,
    memoryInMB: memoryGib * 1024,
    maxDataDiskCount: disks,
  };
}

/** What every region offers here. */
export const machineSizes: readonly Record<string, string | number>[] = [
  size('Standard_B1s', 1, 1, 2),
  size('Standard_B2s', 2, 4, 4),
  size('Standard_B2ms', 2, 8, 4),
  size('Standard_D2s_v5', 2, 8, 4),
  size('Standard_D4s_v5', 4, 16, 8),
  size('Standard_D8s_v5', 8, 32, 16),
  size('Standard_E4s_v5', 4, 32, 8),
];
