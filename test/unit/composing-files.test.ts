import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { inlineCss, loadInliner } from '../../electron/engine/composing/inline-css.ts';
import { namedImages } from '../../electron/engine/composing/index.ts';
import { composed, headOf, parseMail } from '../support/compose.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const file = (name: string, bytes: Uint8Array, mediaType = 'application/pdf') => ({ name, bytes, mediaType });

describe('attachments and pictures', () => {
  test('arrive whole, with their names, beside text and HTML', async () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256));
    const names = ['Offer.pdf', 'Angebot für Zoë – Übersicht und Preise 2026 (endgültige Fassung, bitte prüfen).pdf', '見積書.pdf', 'it\'s 100% "new".pdf'];
    const mail = await parseMail(composed({ variant: { html: '<p>Hello</p>' }, attachments: names.map((name) => file(name, bytes)) }));
    expect(mail.attachments.map((each) => each.filename)).toEqual([names[0], names[1], names[2], "it's 100% new.pdf"]);
    for (const each of mail.attachments) expect(Buffer.from(each.content as ArrayBuffer).equals(bytes)).toBe(true);
    expect([mail.html?.includes('<p>Hello</p>'), mail.text?.trim()]).toEqual([true, 'Hello']);
  });

  test('a picture that stands in the HTML travels once, by Content-ID; a stored one by its id', async () => {
    const data = `data:image/png;base64,${png.toString('base64')}`;
    const id = '0190c0de-0000-7000-8000-00000000000f';
    const html = `<p><img alt="a" src="${data}"><img src='${data}'><img src="cid:${id}"><img src="https://example.com/x.png"></p>`;
    expect(namedImages(html)).toEqual([id]);
    const result = composed({ variant: { html }, images: new Map([[id, file('logo.png', png, 'image/png')]]), attachments: [file('a.pdf', png)] });
    const mail = await parseMail(result);
    const cids = [...(mail.html ?? '').matchAll(/src=["']cid:([^"']+)["']/g)].map((found) => found[1]);
    expect([cids.length, new Set(cids).size, mail.html?.includes('https://example.com/x.png')]).toEqual([3, 2, true]);
    expect(mail.attachments.map(({ contentId, disposition }) => [contentId ?? null, disposition])).toEqual([
      [`<${cids[0] ?? ''}>`, 'inline'],
      [`<${cids[2] ?? ''}>`, 'inline'],
      [null, 'attachment'],
    ]);
    // What a person previews keeps the picture itself.
    expect(result.html).toContain(data);
  });

  test('lines stay within 998 characters and the structure is mixed, related, alternative', () => {
    const raw = Buffer.from(
      composed({ variant: { html: `<img src="data:image/png;base64,${png.toString('base64')}">` }, attachments: [file('a.pdf', Buffer.alloc(3000, 7))] }).raw,
    ).toString('latin1');
    expect([...raw.matchAll(/Content-Type: multipart\/(\w+)/g)].map((found) => found[1])).toEqual(['mixed', 'related', 'alternative']);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(raw.endsWith('--\r\n')).toBe(true);
  });

  test('a changed attachment changes the content hash', () => {
    const hash = (bytes: string) => composed({ attachments: [file('a.pdf', Buffer.from(bytes))] }).contentHash;
    expect(hash('one')).not.toBe(hash('two'));
  });
});

test('a mail of plain text has no HTML part, also with an attachment', async () => {
  const only = composed({ plainText: true, variant: { html: '<p>Hello <b>Ada</b></p>' } });
  expect(headOf(only)).toContain('Content-Type: text/plain; charset=utf-8');
  const mail = await PostalMime.parse(composed({ plainText: true, variant: { html: '<p>Hello</p>' }, attachments: [file('a.pdf', png)] }).raw);
  expect([mail.html, mail.text?.trim(), mail.attachments.length]).toEqual([undefined, 'Hello', 1]);
});

test('one-click opt-out stands beside the mail address, and only with an HTTPS page', () => {
  const mailto = 'mailto:grace@example.org?subject=unsubscribe-d1.abc';
  const both = headOf(composed({ unsubscribeMailto: mailto, unsubscribeUrl: 'https://mail.example.org/u/d1.abc' })).replace(/\r\n /g, ' ');
  expect(both).toContain(`List-Unsubscribe: <https://mail.example.org/u/d1.abc>, <${mailto}>`);
  expect(both).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  expect(headOf(composed({ unsubscribeMailto: mailto }))).not.toContain('List-Unsubscribe-Post');
});

describe('style rules', () => {
  test('become attributes; media queries and merge tags stay', async () => {
    await loadInliner();
    const html = `<html><head><style>.a{color:red} @media (max-width:600px){.a{color:blue}}</style></head><body><p class="a">{{ first_name | default: "you" }}</p>{% if company %}<a href="https://example.com/?x={{ email | url_encode }}&amp;y=1">x</a>{% endif %}</body></html>`;
    const inlined = inlineCss(html);
    expect(inlined).toMatch(/<p class="a" style="color: red;">\{\{ first_name \| default: "you" \}\}<\/p>/);
    expect(inlined).toContain('@media (max-width:600px)');
    expect(inlined).toContain('{% if company %}<a href="https://example.com/?x={{ email | url_encode }}&amp;y=1">');
  });

  test('HTML without them is not touched', () => {
    const html = '<P Class=a>x<br>{{ first_name }}';
    expect(inlineCss(html)).toBe(html);
  });
});
