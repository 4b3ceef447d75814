import { expect, test } from 'vitest';
import { notificationText } from '../../../main/electron/notification-text.ts';

const hostile = 'a <b>bold</b> &amp; <a href="file:///etc">link</a>\n\u001b[31m\u202eend';

test('on Linux a body is text, whatever a guest put into it', () => {
  const { body } = notificationText({ title: 'demo', body: hostile }, 'linux');
  expect([...body].filter((character) => '<>\n\u001b\u202e'.includes(character))).toEqual([]);
  expect(body).toMatch(/^a &lt;b&gt;bold&lt;\/b&gt; &amp;amp; &lt;a href=/);
});

test('elsewhere it is shown as it is, in one line', () => {
  expect(notificationText({ title: 'demo', body: 'a <b>\nc' }, 'darwin').body).toBe('a <b> c');
});

test('a title is one line of at most 100 characters, a body one of 300', () => {
  const { title, body } = notificationText({ title: 'x\n'.repeat(5000), body: 'y'.repeat(100_000) }, 'darwin');
  expect([...title]).toHaveLength(100);
  expect([...body]).toHaveLength(300);
});

test('a character that is escaped is never cut in two', () => {
  const { body } = notificationText({ title: 't', body: '&'.repeat(1000) }, 'linux');
  expect(body).toMatch(/^(&amp;)+…$/);
});
