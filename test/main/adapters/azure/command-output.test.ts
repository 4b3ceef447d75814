import { expect, it } from 'vitest';
import { commandOutput } from '../../../../main/adapters/azure/command-output.ts';

const one = (message: string) => commandOutput({ value: [{ code: 'ProvisioningState/succeeded', message }] });

it('takes what a script printed out of the words around it', () => {
  expect(one('Enable succeeded: \n[stdout]\nhello\nworld\n\n[stderr]\n')).toBe('hello\nworld');
  expect(one('Enable succeeded: \n[stdout]\nout\n[stderr]\nerr\n')).toBe('out\nerr');
});

it('joins the two entries that Windows gives', () => {
  const value = [
    { code: 'ComponentStatus/StdOut/succeeded', message: 'C:\\>' },
    { code: 'ComponentStatus/StdErr/succeeded', message: '' },
  ];
  expect(commandOutput({ value })).toBe('C:\\>');
});

it('is nothing for a result that is none of a script', () => {
  expect(commandOutput(undefined)).toBeNull();
  expect(commandOutput({ id: 'x' })).toBeNull();
  expect(commandOutput({ value: [7, null, {}] })).toBe('');
});
