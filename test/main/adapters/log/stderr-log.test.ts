import { expect, it } from 'vitest';
import { createStderrLog } from '../../../../main/adapters/log/stderr-log.ts';

function recording(): { lines: string[]; write(text: string): void } {
  const lines: string[] = [];
  return { lines, write: (text) => void lines.push(text.replace(/^\d\d:\d\d:\d\d /, '')) };
}

it('a line names level, topic, message and the causes of an error', () => {
  const { lines, write } = recording();
  const log = createStderrLog({ level: 'info', write });
  log.write('debug', 'qemu', 'too quiet');
  log.write('warn', 'qemu', 'it ended', {
    machine: 'm-1',
    error: new Error('outer', { cause: new Error('inner') }),
    token: 'canary',
  });
  expect(lines).toEqual(['warn qemu: it ended (machine=m-1, error=outer; because inner, token=***)\n']);
});

it('control characters of a guest do not reach the terminal', () => {
  const { lines, write } = recording();
  createStderrLog({ level: 'info', write }).write('info', 'qemu', 'title \u001b]0;evil\u0007\nnext');
  expect(lines).toEqual(['info qemu: title  ]0;evil next\n']);
});

it('a terminal that is gone is no error', () => {
  const log = createStderrLog({
    level: 'info',
    write: () => {
      throw new Error('EPIPE');
    },
  });
  expect(() => log.write('info', 'qemu', 'nobody hears')).not.toThrow();
});
