/** The pages that a person sees in the browser while signing in. */

function frame(title: string, content: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
}

function hidden(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('');
}

/** Who it is, and a way back out. */
export function accountPage(action: string, username: string, fields: Readonly<Record<string, string>>): string {
  return frame(
    'Pick an account',
    `<form method="post" action="${escaped(action)}">${hidden(fields)}
<button name="choice" value="accept">${escaped(username)}</button>
<button name="choice" value="cancel">Cancel</button></form>`,
  );
}

/** Sends the browser back to the application with a form that submits itself. */
export function returnPage(redirectUri: string, fields: Readonly<Record<string, string>>): string {
  return frame(
    'Working...',
    `<form method="post" action="${escaped(redirectUri)}">${hidden(fields)}<button>Continue</button></form>
<script>document.forms[0].submit();</script>`,
  );
}

export function devicePage(action: string): string {
  return frame(
    'Enter code',
    `<form method="post" action="${escaped(action)}"><label>Code <input name="code" autofocus></label>
<button name="choice" value="accept">Next</button><button name="choice" value="cancel">Cancel</button></form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return frame(title, `<p>${escaped(text)}</p>`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
