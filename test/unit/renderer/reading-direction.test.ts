import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseLocale, mirrored } from '../../../renderer/lib/locale.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'renderer');
const sides =
  /\b(?:margin|padding|border)-(?:left|right)\b|text-align: (?:left|right)|float: (?:left|right)|\b(?:ml|mr|pl|pr)=[{"]|\b(?:margin|padding|border)(?:Left|Right)\b|ta="(?:left|right)"/;

test('styles name the start and the end of a line, never left and right: other languages run the other way', () => {
  const named = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:css|tsx)$/.test(file))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (sides.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    );
  expect(named).toEqual([]);
});

test.each([
  ['system', ['fr-FR', 'en-US'], 'en-US'],
  ['system', ['fr-FR'], 'en-GB'],
  ['system', [], 'en-GB'],
  [null, ['en'], 'en-GB'],
  ['xx', ['EN-ca'], 'EN-ca'],
] as const)('%s for a reader of %j is English as in %s', (wanted, preferred, tag) => {
  expect(chooseLocale(wanted, preferred)).toEqual({ language: 'en', tag, direction: 'ltr' });
});

test('the mirrored language runs from right to left', () => {
  expect(chooseLocale(mirrored, ['en-US'])).toMatchObject({ language: mirrored, direction: 'rtl' });
});
