import { expect, test } from 'vitest';
import { builtHeadless } from '../../support/built.ts';
import { startFiles } from '../../support/start-files.ts';

/** Bytes, compressed: what a slow disk or a thin line to a shared host has to carry before anything is seen. */
const most = 400_000;

test('the interface loads at most 400 kB of compressed scripts before its first screen', () => {
  builtHeadless();
  const scripts = startFiles().filter(({ name }) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.reduce((sum, { gzip }) => sum + gzip, 0)).toBeLessThanOrEqual(most);
});
