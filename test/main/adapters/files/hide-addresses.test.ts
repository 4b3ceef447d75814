import { describe, expect, it } from 'vitest';
import { hideAddresses, showAddresses, shownLineOf } from '../../../../main/adapters/files/hide-addresses.ts';
import { fileLineOf } from '../../../../main/contract/alert-text.ts';

const secret = 'T0KEN7f3';
const rules = 'rules:\n  - name: busy # mine\n    metric: cpu_percent\n';
const channels = `notification_config:\n  slack:\n    # the old one\n    webhook_url: https://hooks.test/${secret}\n`;

const texts: readonly (readonly [string, string])[] = [
  ['the channels last', `${rules}\n${channels}`],
  ['the channels first', `${channels}\n# what hurts\n${rules}`],
  ['a quoted key', `${rules}"notification_config":\n  webhook: { url: "http://x.test/${secret}" }\n`],
  ['an old section as a comment', `${rules}#notification_config:\n#  slack:\n#    webhook_url: ${secret}\n${channels}`],
  [
    'JSON',
    `{\n "rules": [],\n "notification_config": {\n  "slack": { "webhook_url": "https:\\/\\/x.test\\/${secret}" }\n }\n}\n`,
  ],
  ['JSON in one line', `{"rules":[],"notification_config":{"slack":{"webhook_url":"https://x.test/${secret}"}}}`],
  ['no YAML at all', `${rules}  - [\n${channels}\n\t- "`],
  ['without an end of line', `${rules}${channels.trimEnd()}`],
  ['no channels', rules],
  ['nothing', ''],
];

describe('the text of the alert rules', () => {
  it.each(texts)('shows no address, and is whole again from what is shown: %s', (_what, text) => {
    const { shown, hidden } = hideAddresses(text);
    expect(shown).not.toContain(secret);
    expect(showAddresses(shown, hidden)).toBe(text);
  });

  it('shows no address wherever a slip of the keyboard falls, and is whole again', () => {
    const text = `${rules}${channels}`;
    const slips = ['"', '[', '{', '|', ':', ': ', '- ', '\t', '\n', '\n  ', '\n\n', ' #', '\n# ', ',', '\\'];
    const leaks: string[] = [];
    for (let place = 0; place <= text.length; place += 1) {
      for (const slip of slips) {
        const broken = text.slice(0, place) + slip + text.slice(place);
        const { shown, hidden } = hideAddresses(broken);
        if (showAddresses(shown, hidden) !== broken) leaks.push(`not whole: ${broken}`);
        // A slip within the secret leaves two parts of it.
        if (/T0K|7f3/.test(shown)) leaks.push(broken);
      }
    }
    expect(leaks).toEqual([]);
  });

  it('names the same lines as the file does', () => {
    for (const [, text] of texts) {
      const { shown, hidden } = hideAddresses(text);
      const lines = shown.split('\n');
      for (const [index, line] of text.split('\n').entries()) {
        const place = shownLineOf(index + 1, shown, hidden);
        if (place === null) continue;
        expect(lines[place - 1]).toBe(line);
        expect(fileLineOf(place, lines, hidden)).toBe(index + 1);
      }
    }
  });

  it('is not put together where the line of the channels is gone, or is there twice', () => {
    const { shown, hidden } = hideAddresses(`${rules}${channels}`);
    const marker = hidden[0]?.marker ?? '';
    expect(showAddresses(shown.replace(marker, ''), hidden)).toBeNull();
    expect(showAddresses(`${shown}\n${marker}`, hidden)).toBeNull();
    expect(showAddresses(shown.replace('busy', 'quiet'), hidden)).toBe(`${rules}${channels}`.replace('busy', 'quiet'));
  });
});
