import type { AzureDouble } from './azure-double/azure-double.ts';
import { type Secret, token } from './canaries.ts';

/** Fields of the sign-in that let somebody in, in what is asked and in what is answered. */
const secretFields = [
  'access_token',
  'refresh_token',
  'id_token',
  'client_info',
  'device_code',
  'code',
  'code_verifier',
] as const;

/** `client_info=1` asks for it and is none. */
const shortest = 16;

/** Every secret that passes between Vigil, the sign-in and the stores, told when all is over. */
export function witnessAzureSecrets(double: AzureDouble): () => readonly Secret[] {
  const seen = new Map<string, string>();
  const { login, tokens } = double;
  const answer = login.answer.bind(login);
  login.answer = (call) => {
    const said = answer(call);
    if (typeof said?.body === 'object' && said.body !== null)
      for (const [name, value] of Object.entries(said.body))
        if (typeof value === 'string' && (secretFields as readonly string[]).includes(name)) seen.set(value, name);
    return said;
  };
  const issue = tokens.issue.bind(tokens);
  tokens.issue = (...asked) => {
    const issued = issue(...asked);
    seen.set(issued.token, 'access_token');
    return issued;
  };
  return () => {
    for (const { body, query } of double.requests) {
      const form = new URLSearchParams(body.startsWith('{') ? '' : body);
      for (const name of secretFields) {
        const value = form.get(name);
        if (value !== null && value.length >= shortest) seen.set(value, name);
      }
      const signature = query.get('sig');
      if (signature !== undefined) seen.set(signature, 'signature of a store');
    }
    return [...seen].map(([text, name]) => token(name, text));
  };
}
