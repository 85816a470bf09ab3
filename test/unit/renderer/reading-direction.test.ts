import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseLocale } from '../../../renderer/lib/locale.ts';

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
  ['system', ['de-AT', 'en-US'], 'de', 'de-AT'],
  ['system', ['fr-FR', 'en-US'], 'en', 'en-US'],
  ['system', ['fr-FR'], 'en', 'en-GB'],
  ['system', [], 'en', 'en-GB'],
  [null, ['de'], 'de', 'de-DE'],
  ['de', ['en-US', 'de-CH'], 'de', 'de-CH'],
  ['de', ['en-US'], 'de', 'de-DE'],
  ['en', ['de-DE'], 'en', 'en-GB'],
  ['xx', ['DE-de'], 'de', 'DE-de'],
] as const)('%s for a reader of %j is %s as in %s', (wanted, preferred, language, tag) => {
  expect(chooseLocale(wanted, preferred)).toEqual({ language, tag, direction: 'ltr' });
});
