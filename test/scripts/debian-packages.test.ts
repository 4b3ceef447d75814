import { expect, it } from 'vitest';
import { requirements } from '../../scripts/debian-packages.mjs';

it('every package says how its presence is seen', () => {
  const blind = requirements.filter(({ command, library, file }) => !command && !library && !file);
  expect(blind).toEqual([]);
});
