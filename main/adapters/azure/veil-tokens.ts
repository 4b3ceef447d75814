/** What stands where a secret stood. */
const veil = '(not shown)';

/** After the word that says what follows. */
const bearer = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
/** Three parts in base64url, also one that was cut. */
const webToken = /\beyJ[\w-]{8,}(?:\.[\w-]*)*/g;
/** As a field of a form, of JSON or of an address. */
const field =
  /\b(access_?token|refresh_?token|id_?token|client_info|device_code|code_verifier|client_secret|client_assertion|assertion|sig)(["']?\s*(?:=|:|%3d)\s*["']?)[^\s"'&,;}]+/gi;
/** Alone the word means a number of an error; with this sign it lets somebody in. */
const grant = /\b(code=)[\w.~%+/-]{8,}/gi;

/** Fields of what is sent to the sign-in that let somebody in. */
const sentSecrets = [
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'client_secret',
  'client_assertion',
  'assertion',
  'access_token',
] as const;

/** Words of others without the tokens that they say back: gateways and proxies like to quote what they were asked. */
export function veilTokens(text: string): string {
  return text
    .replace(bearer, `$1 ${veil}`)
    .replace(webToken, veil)
    .replace(field, `$1$2${veil}`)
    .replace(grant, `$1${veil}`);
}

/** A refusal without the secrets of the form that was refused, however the refusal quotes them. */
export function veilSent(text: string, form: string): string {
  const asked = new URLSearchParams(form);
  return sentSecrets.reduce((rest, name) => {
    const secret = asked.get(name);
    if (secret === null || secret === '') return rest;
    return rest.replaceAll(secret, veil).replaceAll(encodeURIComponent(secret), veil);
  }, text);
}
