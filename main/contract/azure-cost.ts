/** What Azure charged to one machine since the month began. */
export interface AzureCost {
  /** Before tax, in that currency. Negative when Azure gave money back. */
  readonly amount: number;
  /** Three capital letters, as Azure says: `EUR`. */
  readonly currency: string;
  /** First day of the month, as the clock of the world (UTC) counts: `2026-11-01`. */
  readonly since: string;
  /** When Azure was asked, ISO 8601 UTC. What it says then is some hours old already. */
  readonly readAt: string;
}

/** What the amount covers, in words that follow it. */
export const costReach =
  'charged to the machine itself this month so far, before tax and some hours late; its disks and addresses are charged apart';

/** `€12.34`. */
export function costText({ amount, currency }: Pick<AzureCost, 'amount' | 'currency'>): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);
}

/** The first moment of the month in which that moment lies, UTC; both in wall-clock milliseconds. */
export function monthBegin(atMs: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}
