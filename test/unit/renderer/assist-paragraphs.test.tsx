// @vitest-environment happy-dom
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changed, changesOf, lostTags, paragraphsOf, withChanges } from '../../../renderer/components/mail-editor/assist/paragraphs.ts';

const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 7 });
const mail = (html: string, text = '') => ({ html, text });

describe('changes of a proposal', () => {
  test('all changes taken give the proposal, none taken the text, and each can be taken alone', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const changes = changesOf(before, after);
        expect(changed(before, changes)).toEqual(after);
        expect(changed(before, [])).toEqual(before);
        for (const change of changes) {
          const one = changed(before, [change]);
          expect(one.length).toBe(before.length - change.before.length + change.after.length);
          // What is left out of the proposal is no change any more.
          const others = changes.filter((each) => each !== change);
          expect(changed(before, changesOf(before, changed(before, others)))).toEqual(changed(before, others));
        }
      }),
    );
  });

  test('paragraphs keep their formatting where they are not changed, and their links where they are', () => {
    const html =
      '<p>Hello <strong>{{ first_name | default: "you" }}</strong>,</p>\n<p>I wanted to quickly show you <a href="https://example.com/a?b=1&amp;c=2">our crates</a>.</p>\n<p>Mara</p>';
    const paragraphs = paragraphsOf(mail(html)) ?? [];
    expect(paragraphs.map(({ text }) => text)).toEqual([
      'Hello {{ first_name | default: "you" }},',
      'I wanted to quickly show you our crates (https://example.com/a?b=1&c=2).',
      'Mara',
    ]);
    const after = ['Hello {{ first_name | default: "you" }},', 'Look at our crates (https://example.com/a?b=1&c=2).', 'Mara'];
    const changes = changesOf(
      paragraphs.map(({ text }) => text),
      after,
    );
    expect(changes).toHaveLength(1);
    expect(withChanges(mail(html), paragraphs, changes).html).toBe(
      '<p>Hello <strong>{{ first_name | default: "you" }}</strong>,</p>\n<p>Look at <a href="https://example.com/a?b=1&amp;c=2">our crates</a>.</p>\n<p>Mara</p>',
    );
  });

  test('HTML in a proposal is text', () => {
    const paragraphs = paragraphsOf(mail('<p>One</p>')) ?? [];
    const { html = '' } = withChanges(mail('<p>One</p>'), paragraphs, changesOf(['One'], ['<img src=x onerror=alert(1)> & more']));
    expect(html).toBe('<p>&lt;img src=x onerror=alert(1)&gt; &amp; more</p>');
  });

  test('plain text is taken apart by empty lines, and foreign HTML is left alone', () => {
    const paragraphs = paragraphsOf(mail('', 'Hi,\n\none\ntwo\n\n\n\nMara')) ?? [];
    expect(withChanges(mail('', 'x'), paragraphs, [{ at: 1, before: ['one\ntwo'], after: ['three'] }])).toEqual({ text: 'Hi,\n\nthree\n\nMara' });
    expect(paragraphsOf(mail('<table><tr><td>one</td></tr></table><marquee>two</marquee>'))).toBeNull();
  });

  test('a change alone tells which merge tags it would drop', () => {
    expect(lostTags({ at: 0, before: ['Hi {{ first_name }} of {{ company }}'], after: ['Hi {{ first_name }}'] })).toEqual(['{{ company }}']);
    expect(lostTags({ at: 0, before: ['{{ a }} {{ a }}'], after: ['{{ a }}'] })).toEqual(['{{ a }}']);
  });
});
