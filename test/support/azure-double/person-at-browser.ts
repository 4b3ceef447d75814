import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';

/** What the person does with the page that an application opened. */
export type Deed = 'sign-in' | 'cancel' | 'wrong-state' | 'code-in-address' | 'nothing';

/**
 * Does in the place of a person with a browser what the address asks for: opens the page, picks the account, and carries the
 * code back to the application. Returns the status of what the application answered; null for nothing done.
 */
export async function atBrowser(url: string, ca: string, deed: Deed = 'sign-in'): Promise<number | null> {
  if (deed === 'nothing') return null;
  const accounts = await browse('GET', url, ca);
  if (accounts.status !== 200) throw new Error(`The sign-in page answered ${accounts.status}: ${accounts.body}`);
  const choice = { ...fieldsOf(accounts.body), choice: deed === 'cancel' ? 'cancel' : 'accept' };
  const back = await browse('POST', actionOf(accounts.body), ca, choice);
  const fields = { ...fieldsOf(back.body), ...(deed === 'wrong-state' ? { state: 'somebody-elses' } : {}) };
  const home = actionOf(back.body);
  const answer =
    deed === 'code-in-address'
      ? await browse('GET', `${home}/?${new URLSearchParams(fields)}`, ca)
      : await browse('POST', home, ca, fields);
  return answer.status;
}

interface Page {
  readonly status: number;
  readonly body: string;
}

function browse(method: string, url: string, ca: string, form?: Readonly<Record<string, string>>): Promise<Page> {
  const address = new URL(url);
  // Applications listen on the numeric address only.
  if (address.hostname === 'localhost') address.hostname = '127.0.0.1';
  const send = address.protocol === 'https:' ? requestSecure : requestPlain;
  const headers = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const request = send(address, { method, headers, ca, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(form === undefined ? undefined : new URLSearchParams(form).toString());
  });
}

function actionOf(html: string): string {
  return readable(/<form[^>]* action="([^"]*)"/.exec(html)?.[1] ?? '');
}

function fieldsOf(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [readable(name), readable(value)]));
}

function readable(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
