/** Without a usable word of the service. */
export const usualWaitMs = 10_000;
/** However long the service says: beyond that its word is taken for a mistake, and asked again after this. */
export const longestWaitMs = 3_600_000;

type Headers = (name: string) => string | undefined;

/** The service of costs counts in several ways and says for each of them how long, in seconds. */
const costWaits = ['qpu', 'entity', 'tenant', 'client', 'clienttype'].map(
  (whose) => `x-ms-ratelimit-microsoft.costmanagement-${whose}-retry-after`,
);

/**
 * How long the service wants to be left alone, from whichever of its headers says it, the longest of those about costs; null when none does. Never
 * less than the service said, never nothing, and never for ever: what cannot be meant (zero, negative, in the past,
 * a number that is none) becomes the usual wait.
 */
export function retryAfterMs(header: Headers, wallNowMs: number): number | null {
  const inMs = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (inMs !== undefined) return sane(Number(inMs.trim() || Number.NaN));
  const text = header('retry-after')?.trim();
  if (text === undefined) return costsWaitMs(header);
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return sane(Number(text) * 1000);
  // Against the clock of the service, where it tells it: ours may be wrong.
  const served = Date.parse(header('date') ?? '');
  return sane(Date.parse(text) - (Number.isNaN(served) ? wallNowMs : served));
}

function costsWaitMs(header: Headers): number | null {
  const said = costWaits.map((name) => header(name)?.trim()).filter((text) => text !== undefined);
  return said.length === 0 ? null : Math.max(...said.map((text) => sane(Number(text || Number.NaN) * 1000)));
}

function sane(ms: number): number {
  if (!Number.isFinite(ms) || ms <= 0) return usualWaitMs;
  return Math.min(Math.ceil(ms), longestWaitMs);
}
