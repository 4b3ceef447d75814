/** `512 MiB`, `8.0 GiB`, `1.5 TiB`. */
export function mebibytes(mib: number): string {
  if (mib < 1024) return `${Math.round(mib)} MiB`;
  if (mib < 1024 * 1024) return `${(mib / 1024).toFixed(1)} GiB`;
  return `${(mib / 1024 / 1024).toFixed(1)} TiB`;
}

/** The same without a needless `.0`: for sizes that a person chose. */
export function chosenSize(mib: number): string {
  return mebibytes(mib).replace('.0 ', ' ');
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(0)} KiB`;
  return mebibytes(count / 1024 / 1024);
}

/** `62 %`, in whole percent. Never 100 before the end. */
export function percent(fraction: number): string {
  const whole = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return `${whole}\u2009%`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
