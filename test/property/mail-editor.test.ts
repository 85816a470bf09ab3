// @vitest-environment happy-dom
import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { DocMark, DocNode } from '../../renderer/components/mail-editor/document.ts';
import { docOfHtml } from '../../renderer/components/mail-editor/from-html.ts';
import { htmlOfDoc } from '../../renderer/components/mail-editor/to-html.ts';

const word = fc.oneof(
  fc.constantFrom('Hello', ' ', '  ', ' a b ', 'R&D <b>', '"quoted"', "it's", '\u00a0', 'ß 漢字', '{', '}', '{{', '}}', '{%', '{a|b}', '| default: "x"'),
  fc.string({ maxLength: 8 }),
);
const source = fc.constantFrom('{{ first_name }}', '{{ first_name | default: "there" }}', '{% if company %}', '{% endif %}', "{{ 'a < b' | upcase }}", '{{ custom["job <x>"] }}');
const href = fc.constantFrom(
  'https://example.com/?a=1&b="2"',
  'mailto:ada@example.com',
  '{{ website | default: "https://example.com" }}',
  'https://example.com/{{ custom.plan | url_encode }}',
  '#',
);
const marks: fc.Arbitrary<DocMark[]> = fc
  .record({
    link: fc.option(href),
    plain: fc.subarray(['bold', 'italic', 'underline', 'strike']),
    color: fc.option(fc.constantFrom('#b42318', '#1d4ed8')),
  })
  .map(({ link, plain, color }) => [
    ...(link === null ? [] : [{ type: 'link', attrs: { href: link } }]),
    ...plain.map((type) => ({ type })),
    ...(color === null ? [] : [{ type: 'textStyle', attrs: { color } }]),
  ]);
const leaf: fc.Arbitrary<DocNode> = fc.oneof(
  { weight: 5, arbitrary: word.filter((text) => text !== '').map((text) => ({ type: 'text', text })) },
  { weight: 2, arbitrary: source.map((tag) => ({ type: 'mergeTag', attrs: { source: tag } })) },
  { weight: 1, arbitrary: fc.constant({ type: 'hardBreak' }) },
  {
    weight: 1,
    arbitrary: fc
      .record({ alt: word, width: fc.option(fc.integer({ min: 1, max: 600 })) })
      .map(({ alt, width }) => ({ type: 'picture', attrs: { src: 'cid:0190c0de-0000-7000-8000-00000000000f', alt, width } })),
  },
);
const inline = fc.array(
  fc.tuple(leaf, marks).map(([node, own]): DocNode => (own.length === 0 ? node : { ...node, marks: own })),
  { maxLength: 6 },
);
const paragraph = inline.map((content): DocNode => ({ type: 'paragraph', content }));
const heading = fc.tuple(fc.constantFrom(1, 2, 3), inline).map(([level, content]): DocNode => ({ type: 'heading', attrs: { level }, content }));
const { block } = fc.letrec<{ block: DocNode; list: DocNode }>((tie) => ({
  list: fc
    .tuple(
      fc.constantFrom('bulletList', 'orderedList'),
      fc.array(
        fc.tuple(paragraph, fc.array(fc.oneof(paragraph, tie('list')), { maxLength: 2 })).map(([first, rest]) => ({ type: 'listItem', content: [first, ...rest] })),
        { minLength: 1, maxLength: 3 },
      ),
    )
    .map(([type, content]) => ({ type, content })),
  block: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'block' },
    paragraph,
    heading,
    fc.constant({ type: 'horizontalRule' }),
    tie('list'),
    fc.array(tie('block'), { minLength: 1, maxLength: 3 }).map((content) => ({ type: 'blockquote', content })),
  ),
}));
const columns = fc.tuple(fc.array(block, { minLength: 1, maxLength: 2 }), fc.array(block, { minLength: 1, maxLength: 2 })).map(([left, right]) => ({
  type: 'columns',
  content: [
    { type: 'column', content: left },
    { type: 'column', content: right },
  ],
}));
const doc = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: block }, { weight: 1, arbitrary: columns }, { weight: 1, arbitrary: source.map((tag) => ({ type: 'tagBlock', attrs: { source: tag } })) }),
    { minLength: 1, maxLength: 6 },
  )
  .map((content): DocNode => ({ type: 'doc', content }));

describe('the body of a mail', () => {
  test.prop([doc], { numRuns: 150 })('comes back from its HTML as it was, and nothing is lost', (written) => {
    const html = htmlOfDoc(written);
    const { doc: read, lost } = docOfHtml(html);
    expect(lost).toEqual([]);
    expect(htmlOfDoc(read)).toBe(html);
  });

  test.prop([
    fc.array(
      fc.oneof(
        word,
        source,
        fc.constantFrom(
          '<p>',
          '</p>',
          '<b>',
          '</b>',
          '<div>',
          '</div>',
          '<ul><li>',
          '</li></ul>',
          '<table>',
          '<p class="x">',
          '<!-- note -->',
          '<br>',
          '<span style="color: #B42318">',
        ),
      ),
      { maxLength: 12 },
    ),
  ])('of any HTML is stable once it was read and written', (pieces) => {
    const once = htmlOfDoc(docOfHtml(pieces.join('')).doc);
    const again = docOfHtml(once);
    expect(again.lost).toEqual([]);
    expect(htmlOfDoc(again.doc)).toBe(once);
  });
});
