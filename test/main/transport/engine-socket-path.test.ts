import { expect, test } from 'vitest';
import { engineSocketPath } from '../../../main/transport/engine-socket-path.ts';

test('the socket lies in the home as long as the kernel can hold its path', () => {
  expect(engineSocketPath('/home/ada/.vigil')).toBe('/home/ada/.vigil/run/engine.sock');
  const long = `/home/${'é'.repeat(60)}`;
  expect(engineSocketPath(long)).toMatch(/^\/tmp\/vigil-engine-\d+-[0-9a-f]{16}\/engine\.sock$/);
  expect(engineSocketPath(long)).not.toBe(engineSocketPath(`${long}2`));
});
