/** Measured values as a person reads them: one decimal, with a narrow space before the sign. */

/** What stands in the place of a value that was asked for and not had. */
export const noReading = '----';

/** `34.2`. */
export function oneDecimal(value: number): string {
  return value.toFixed(1);
}

/** `0.37`: CPUs of this computer, of which a part counts. */
export function twoDecimals(value: number): string {
  return value.toFixed(2);
}

/** `34.2 %`. */
export function percentage(value: number): string {
  return `${value.toFixed(1)}\u2009%`;
}

/** `12.4`: bytes per second in MB/s, of a million bytes each. */
export function megabytes(bytesPerSecond: number): string {
  return (bytesPerSecond / 1e6).toFixed(1);
}

/** `12.4 MB/s`. */
export function megabytesPerSecond(bytesPerSecond: number): string {
  return `${megabytes(bytesPerSecond)} MB/s`;
}
