/** One long-running change, as the service remembers it. */
export interface Operation {
  readonly id: string;
  readonly action: string;
  readonly subscriptionId: string;
  readonly region: string;
  readonly startedAt: number;
  /** Set by whatever ended it. */
  endedAt: number | null;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  error: { readonly code: string; readonly message: string } | null;
  /** What the last GET of Location hands over; null: an empty body. */
  output: unknown;
  /** Ends it now, whatever was planned. */
  readonly end: (status: 'Succeeded' | 'Failed' | 'Canceled', error?: { code: string; message: string }) => void;
}
