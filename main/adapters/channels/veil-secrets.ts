/** What stands where a secret stood. */
const veil = '(not shown)';
/** Shorter pieces of an address are words like `api`, and give nothing away alone. */
const shortestPiece = 6;
/** A part of an address that is one, as every address of a service has them: `services`, `webhooks`. */
const word = /^[a-z_-]{1,15}$/i;
/** So much of the begin of a secret, at the very end of a text that was cut, is taken out too. */
const shortestBegin = 4;

/**
 * What somebody answered, without what it must not repeat: receivers like to say back what they were asked. An address is
 * veiled as a whole and in its parts, as it is written and as it is meant.
 */
export function veilSecrets(text: string, secrets: readonly string[]): string {
  const pieces = [...new Set(secrets.flatMap(piecesOf))].sort((a, b) => b.length - a.length);
  const veiled = pieces.reduce((rest, piece) => rest.replaceAll(piece, veil), text);
  const begun = pieces.map((piece) => beginAtEnd(veiled, piece)).filter((length) => length >= shortestBegin);
  return begun.length === 0 ? veiled : `${veiled.slice(0, -Math.max(...begun))}${veil}`;
}

function piecesOf(secret: string): readonly string[] {
  const url = URL.canParse(secret) ? new URL(secret) : null;
  const isAddress = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (!isAddress) return secret.length < shortestPiece ? [] : [secret];
  const asked = `${url.pathname}${url.search}`;
  const parts = [
    ...url.pathname.split('/'),
    ...[...url.searchParams.values()].flatMap((each) => [each, encodeURIComponent(each)]),
  ];
  const telling = parts.flatMap((part) => [part, decoded(part)]).filter((part) => !word.test(part));
  return [secret, asked, url.pathname, ...telling].filter((piece) => piece.length >= shortestPiece);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** How long a begin of the piece the text ends with. */
function beginAtEnd(text: string, piece: string): number {
  for (let length = Math.min(piece.length - 1, text.length); length >= shortestBegin; length -= 1)
    if (text.endsWith(piece.slice(0, length))) return length;
  return 0;
}
