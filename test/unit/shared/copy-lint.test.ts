import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyFigures, lintCopy, type CopyCode, type CopyFinding, type CopyInput, type CopyKnowledge, type CopyWords } from '../../../shared/copy-lint.ts';

const words = JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/copy-words.json'), 'utf8')) as CopyWords;
const known: CopyKnowledge = { customFields: ['plan', 'job'], hasOptOutLine: true, words };

function lint(mail: Partial<CopyInput>, knowledge: Partial<CopyKnowledge> = {}): CopyFinding[] {
  return lintCopy({ subject: 'A question', html: '', text: '', isFirst: true, ...mail }, { ...known, ...knowledge });
}

/** What is found, with the words at its place in the source. */
function told(mail: Partial<CopyInput>, knowledge: Partial<CopyKnowledge> = {}): [CopyCode, string | null][] {
  const sources = { subject: 'A question', html: '', text: '', ...mail };
  return lint(mail, knowledge).map(({ code, field, place }) => [code, place === null ? null : sources[field].slice(place.start, place.end)]);
}

describe('copy lint', () => {
  test('has nothing to say about a short plain mail', () => {
    expect(told({ text: 'Hi {{ first_name | default: "there" }},\n\nhow do you plan offers today? See https://example.com/plan.\n\nGrace' })).toEqual([]);
    expect(told({ html: '<p>Hi {{ custom.plan }},</p><p>see <a href="https://example.com/?a=1&amp;b={{ email | url_encode }}">the plan</a>.</p>' })).toEqual([]);
  });

  test('counts words and subject letters, a merge tag as one word and as a name', () => {
    expect(lint({ text: 'word '.repeat(201) })).toMatchObject([{ code: 'long_text', count: 201, place: null }]);
    expect(told({ text: `{{ first_name | default: "one two three" }} ${'word '.repeat(199)}` })).toEqual([]);
    expect(told({ html: `<style>p { color: red }</style><p class="one two">${'word '.repeat(200)}</p>` })).toEqual([]);
    expect(lint({ subject: 'x'.repeat(61) })).toMatchObject([{ code: 'long_subject', count: 61, field: 'subject' }]);
    expect(told({ subject: `{{ custom.plan | default: "a very long fallback that nobody sees in the end" }} ${'x'.repeat(40)}` })).toEqual([]);
  });

  test('finds more than two links in a first mail, at the third; a mail address and the way out are none', () => {
    const links = ['https://a.example.com', 'https://b.example.com', 'https://c.example.com'].map((href) => `<a href="${href}">x</a>`).join(' ');
    expect(told({ html: `<p>${links}</p>` })).toEqual([['many_links', 'https://c.example.com']]);
    expect(told({ html: `<p>${links}</p>`, isFirst: false })).toEqual([]);
    expect(
      told({ html: '<a href="https://a.example.com">a</a><a href="https://b.example.com">b</a><a href="mailto:ada@example.com">c</a><a href="{{ unsubscribe }}">d</a>' }),
    ).toEqual([]);
  });

  test.each([
    ['FREE STUFF FOR YOU', 'FREE STUFF FOR YOU'],
    ['this is IMPORTANT now', 'IMPORTANT'],
    ['Look at this!!', '!!'],
    ['What?!', '?!'],
  ])('hears shouting in %s', (subject, quote) => {
    expect(told({ subject })).toContainEqual(['shouting', quote]);
  });

  test('takes abbreviations and one mark for what they are', () => {
    expect(told({ text: 'The EU and ISO norms: NATO, SMTP. Thank you!' })).toEqual([]);
  });

  test('finds phrases of bulk mail: one in a subject, two in a text, in several languages, as whole words', () => {
    expect(told({ subject: 'Letzte Chance für Sie' })).toEqual([['bulk_phrases', 'Letzte Chance']]);
    expect(told({ text: 'Click here, it is risk-free.' })).toEqual([
      ['bulk_phrases', 'Click here'],
      ['bulk_phrases', 'risk-free'],
    ]);
    expect(told({ text: 'Click here.' })).toEqual([]);
    expect(told({ text: 'The cheapest way for urgently needed help.' })).toEqual([]);
  });

  test('asks for a way out where neither the mail nor the workspace has one', () => {
    const none = { hasOptOutLine: false };
    expect(told({ text: 'Hello' }, none)).toEqual([['no_opt_out', null]]);
    expect(told({ text: 'Hello. Reply “stop” and I will not write again.' }, none)).toEqual([]);
    expect(told({ html: '<p><a href="{{ unsubscribe }}">No more</a></p>' }, none)).toEqual([]);
    expect(told({ text: 'Hallo. Sie können sich jederzeit abmelden.' }, none)).toEqual([]);
    expect(told({ text: '' }, none)).toEqual([]);
  });

  test('says which merge tag was meant, and gives the text to put there', () => {
    expect(lint({ text: 'Hi {{ frist_name | default: "there" }}' })).toMatchObject([
      { code: 'unknown_tag', fix: '{{ first_name | default: "there" }}', quote: '{{ frist_name | default: "there" }}' },
    ]);
    expect(lint({ text: '{{ custom.pln }}' })).toMatchObject([{ fix: '{{ custom.plan }}' }]);
    expect(lint({ text: '{{ sender.nme | upcase }}' })).toMatchObject([{ fix: '{{ sender.name | upcase }}' }]);
    expect(told({ text: '{{ custom.anything }}' }, { customFields: null })).toEqual([]);
  });

  test('finds tags that were left open, and those of other programs', () => {
    expect(told({ subject: 'Hi {{ first_name' })).toEqual([['broken_tag', '{{ first_name']]);
    expect(told({ text: 'Hi {{ first_name, about {{ company }}' })).toEqual([['broken_tag', '{{ first_name, about']]);
    expect(lint({ html: '<p>Hi &#123;{ first_name</p>' })).toMatchObject([{ code: 'broken_tag', quote: '{{ first_name' }]);
    expect(lint({ text: 'Hi {FirstName}, [company], %job%, *|FNAME|* and <<city>>' }).map(({ fix }) => fix)).toEqual([
      '{{ first_name }}',
      '{{ company }}',
      '{{ custom.job }}',
      '{{ first_name }}',
      '{{ city }}',
    ]);
    expect(told({ html: '<style>@media print { p { color: red }}</style><p>{Hi|Hello} [see below] 100%</p>' })).toEqual([]);
  });

  test.each([
    ['spin_open', 'Hi {there|you, how are you?', '{there|'],
    ['spin_open', '{Hi|Hello\n\nthere}', '{Hi|'],
    ['spin_close', 'Hi there|you} how', '|you}'],
    ['spin_empty', 'Hi {there| |you}', '{there| |you}'],
    ['spin_crossed', '{% if city %}{Hi{% endif %}|Hello}', '{Hi{% endif %}|Hello}'],
  ] as const)('%s: %s', (code, text, quote) => {
    expect(told({ text })).toEqual([[code, quote]]);
  });

  test('counts what the longest alternatives say, and finds nothing wrong with choices that are in order', () => {
    expect(told({ subject: `{${'x'.repeat(59)}|${'y'.repeat(60)}}`, html: `<p>{<b>Hi</b>|Hello {there|you}|{{ first_name }}}</p>` })).toEqual([]);
    expect(told({ html: '<p>{<b>Hi|Hello</b>}</p>' })).toEqual([['spin_crossed', '{<b>Hi|Hello</b>}']]);
    expect(copyFigures({ html: '', text: 'Hi {there|you over {here|there now}}' }).words).toBe(5);
  });

  test.each([
    ['bad_link', 'example.com'],
    ['bad_link', '#'],
    ['bad_link', 'https://exa mple.com'],
    ['bad_link', 'https://example'],
    ['bad_link', 'mailto:ada'],
    ['plain_http', 'http://example.com/{{ custom.plan }}'],
    ['short_link', 'https://bit.ly/abc'],
  ] as const)('%s: %s', (code, href) => {
    const html = `<p><b>x</b> <a class="y" href="${href}">this</a></p>`;
    expect(told({ html })).toEqual([[code, href]]);
  });

  test('offers https, and sees an address that is not the one it shows', () => {
    expect(lint({ text: 'See http://example.com/a.' })).toMatchObject([{ code: 'plain_http', fix: 'https://example.com/a', quote: 'http://example.com/a' }]);
    expect(told({ html: '<a href="https://example.org/x">www.example.com</a>' })).toEqual([['other_address', 'https://example.org/x']]);
    expect(told({ html: '<a href="{{ website }}">www.example.com</a> <a href="https://{{ domain }}/x">y</a>' })).toEqual([]);
  });

  test('asks for descriptions of pictures, and warns where Gmail would cut the mail off', () => {
    expect(told({ html: '<img src="cid:a" alt=""><img src="cid:b" alt="A chart">' })).toEqual([['no_description', '<img src="cid:a" alt="">']]);
    expect(lint({ html: `<p title="${'x'.repeat(110_000)}">ß</p>` })).toMatchObject([{ code: 'clipped', count: 109 }]);
  });

  test('tells words, links and size', () => {
    expect(copyFigures({ html: '<p>Hi {{ first_name }}, <a href="https://example.com">look</a> – ß</p>', text: '' })).toMatchObject({ words: 4, links: 1 });
    expect(copyFigures({ html: '', text: 'Hi {{ first_name | default: "there you" }}, how are you?' }).words).toBe(5);
    expect(copyFigures({ html: '<p>One</p><p>two</p>', text: '' }).words).toBe(2);
    expect(copyFigures({ html: '', text: '  ' }).words).toBe(0);
  });
});
