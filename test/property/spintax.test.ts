import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeScope } from '../../electron/engine/composing/merge-data.ts';
import { compileSpun, drawFor } from '../../electron/engine/composing/spintax.ts';
import { compileTemplate } from '../../electron/engine/composing/template.ts';
import { liquidTag } from '../../shared/merge-tags.ts';
import { readSpintax, spin } from '../../shared/spintax.ts';
import { composed, contact } from '../support/compose.ts';

const sender = { fromName: 'Grace', address: 'grace@example.org', signatureHtml: '', postalAddress: '' };
const scope = mergeScope(contact, sender, null);
const words = fc.constantFrom(
  'Hi',
  ' you',
  'é',
  '',
  '<b>bold</b>',
  '<br>',
  '{{ first_name }}',
  '{{ title | default: "a|b" }}',
  '{% if company %}x{% else %}y{% endif %}',
  ' {x}',
  '&amp;',
);
const { text } = fc.letrec<{ text: string; group: string }>((tie) => ({
  text: fc.array(fc.oneof({ maxDepth: 3 }, words, tie('group')), { maxLength: 5 }).map((list) => list.join('')),
  group: fc.array(tie('text'), { minLength: 2, maxLength: 4 }).map((list) => ` {${list.join('|')}}`),
}));
const person = fc.uuid();

/** What must come through whole: Liquid, elements, style rules, JSON, single braces without a bar. */
const untouchable = fc.constantFrom(
  '{{ first_name | default: "{a|b}" }}',
  '{% if company == "a|b" %}{x}{% endif %}',
  '{% raw %}{a|b}{% endraw %}',
  '<a href="https://example.com/{a|b}?c=|">x</a>',
  '<a title="{{ company | default: ">{a|b}" }}">x</a>',
  '<style>@media screen { [lang|=en] { color: red } } p{content:"a|b"}</style>',
  '<!-- {a|b} -->',
  '{"a": "b|c", "d": {"e|f": "{g|h}"}}',
  '[{"a":1},{"b":"c|d"}]',
  '.a { color: red; content: "|"; }',
  '@media x { p { color: red; } [lang|=en] { color: blue; } }',
  '{ first name }',
  '{}',
  'a || b',
  '<p>',
  '</p>',
  'words ',
);

describe('spintax', () => {
  test.each(['html', 'text'] as const)('in %s says exactly one alternative of each group, and the same again for the same person', (mode) => {
    fc.assert(
      fc.property(text, person, (source, id) => {
        const { body } = drawFor(id, { stepId: 's', variantId: 'A' });
        // The other way to the same words: choose in the source first, then render.
        const chosen = spin(source, mode === 'html', (group, { length }) => body(group, length));
        const rendered = compileSpun(source, mode).render(scope, new Set(), body);
        expect(rendered).toBe(compileTemplate(chosen, mode).render(scope, new Set()));
        expect(compileSpun(source, mode).render(scope, new Set(), drawFor(id, { stepId: 's', variantId: 'A' }).body)).toBe(rendered);
      }),
      { numRuns: 600 },
    );
  });

  test('leaves Liquid, elements, style rules, comments and JSON alone', () => {
    fc.assert(
      fc.property(fc.array(untouchable, { maxLength: 8 }), (pieces) => {
        const source = pieces.join(' ');
        expect(readSpintax(source, true)).toEqual({ groups: [], findings: [], looseBraces: [] });
        expect(spin(source, true, () => 1)).toBe(source);
      }),
      { numRuns: 500 },
    );
  });

  test('reads any text at all; groups are nested or apart, and never touch Liquid', () => {
    const any = fc
      .array(fc.oneof(fc.constantFrom('{', '}', '|', '{{', '}}', '{%', '%}', '<p>', '</b>', '<b>', '"', '\n\n', 'a', '{{ x }}', '{% if x %}'), fc.string({ maxLength: 3 })), {
        maxLength: 60,
      })
      .map((list) => list.join(''));
    fc.assert(
      fc.property(any, fc.boolean(), (source, html) => {
        const { groups } = readSpintax(source, html);
        const liquid = [...source.matchAll(liquidTag)];
        for (const [index, { start, end, bars }] of groups.entries()) {
          expect([source[start], source[end - 1], ...bars.map((at) => source[at])]).toEqual(['{', '}', ...bars.map(() => '|')]);
          const next = groups[index + 1];
          if (next !== undefined) expect(next.start > start && (next.start >= end || next.end < end)).toBe(true);
          for (const at of [start, end - 1, ...bars]) expect(liquid.some((tag) => at >= tag.index && at < tag.index + tag[0].length)).toBe(false);
        }
        if (groups.length === 0) expect(spin(source, html, () => 0)).toBe(source);
      }),
      { numRuns: 1000 },
    );
  });

  test('gives every alternative an equal share of people, whatever another group, step or variant draws', () => {
    const people = Array.from({ length: 6000 }, (_, index) => `0190c0de-0000-7000-8000-${String(index).padStart(12, '0')}`);
    const expectEven = (draws: readonly number[], kinds: number) => {
      const share = draws.length / kinds;
      const deviation = Math.sqrt(share * (1 - 1 / kinds));
      for (let kind = 0; kind < kinds; kind += 1) expect(Math.abs(draws.filter((drawn) => drawn === kind).length - share)).toBeLessThan(4.5 * deviation);
    };
    for (const size of [2, 3, 7])
      expectEven(
        people.map((id) => drawFor(id, { stepId: 'a', variantId: 'A' }).body(0, size)),
        size,
      );
    const pairs = [
      (id: string) => drawFor(id, { stepId: 'a', variantId: 'A' }).body(1, 3),
      (id: string) => drawFor(id, { stepId: 'b', variantId: 'A' }).body(0, 3),
      (id: string) => drawFor(id, { stepId: 'a', variantId: 'B' }).body(0, 3),
      (id: string) => drawFor(id, { stepId: 'a', variantId: 'A' }).subject(0, 3),
    ];
    for (const other of pairs)
      expectEven(
        people.map((id) => drawFor(id, { stepId: 'a', variantId: 'A' }).body(0, 3) * 3 + other(id)),
        9,
      );
  });

  test('says the same in the text part that is made from the HTML', () => {
    fc.assert(
      fc.property(person, (id) => {
        const mail = composed({
          contact: { id },
          variant: { subject: '{One|Two} {1|2}', html: '<p>{<b>Hi</b>|Hello {there|you}|{{ first_name }}}, {{{ title }}|{a|b}}</p>', text: '' },
        });
        expect(mail.html.replace(/<\/?b>/g, '')).toContain(`<p>${mail.text}</p>`);
        expect(mail.text).toMatch(/^(?:Hi|Hello there|Hello you|Ada), (?:Programmer|a|b)$/);
        expect(mail.subject).toMatch(/^(?:One|Two) [12]$/);
      }),
    );
  });
});
