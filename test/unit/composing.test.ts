import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createComposer, newMessageId, readUnsubscribeToken, unsubscribeAddress } from '../../electron/engine/composing/index.ts';
import type { DocNode } from '../../renderer/components/mail-editor/document.ts';
import { htmlOfDoc } from '../../renderer/components/mail-editor/to-html.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import { composed, composeInput, contact, headOf, parseMail, problemOf } from '../support/compose.ts';

const pictureId = '0190c0de-0000-7000-8000-00000000000f';
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

const words = (text: string, ...types: string[]): DocNode => ({ type: 'text', text, marks: types.map((type) => ({ type })) });
const line = (...content: DocNode[]): DocNode => ({ type: 'paragraph', content });
/** One of everything that the editor writes. */
const richBody: DocNode = {
  type: 'doc',
  content: [
    { type: 'heading', attrs: { level: 2 }, content: [words('Hello & welcome')] },
    line(
      words('Hi '),
      { type: 'mergeTag', attrs: { source: '{{ first_name | default: "there" }}' } },
      words(', '),
      words('bold', 'bold'),
      words(' and both', 'bold', 'italic'),
      words('.'),
    ),
    line(
      { ...words('The plan'), marks: [{ type: 'link', attrs: { href: 'https://example.com/?a=1&b={{ email | url_encode }}' } }] },
      { type: 'hardBreak' },
      {
        ...words('in red'),
        marks: [{ type: 'textStyle', attrs: { color: '#b42318' } }],
      },
    ),
    { type: 'tagBlock', attrs: { source: '{% if company %}' } },
    line(words('For a company.')),
    { type: 'tagBlock', attrs: { source: '{% endif %}' } },
    {
      type: 'bulletList',
      content: [
        { type: 'listItem', content: [line(words('one'))] },
        { type: 'listItem', content: [line(words('two')), { type: 'orderedList', content: [{ type: 'listItem', content: [line(words('inside', 'underline', 'strike'))] }] }] },
      ],
    },
    { type: 'blockquote', content: [line(words('They said so.'))] },
    { type: 'horizontalRule' },
    {
      type: 'columns',
      content: [
        { type: 'column', content: [line(words('Left'))] },
        { type: 'column', content: [line({ type: 'picture', attrs: { src: `cid:${pictureId}`, alt: 'logo', width: 1 } })] },
      ],
    },
    { type: 'paragraph' },
  ],
};

describe('golden mails', () => {
  /** Write the files anew with HOMING_RECORD=1 and review the difference like code. */
  const samples = {
    'first-html': composeInput({
      variant: {
        subject: '{{ first_name }}, grüße an {{ company }}',
        html: '<p>Hi {{ first_name | default: "there" }},</p>\n<p>{% if title %}As a {{ title | downcase }} you know it: {% endif %}see <a href="https://example.com/?plan={{ custom.plan | url_encode }}&amp;x=1">the plan</a>.</p>\n<ul>\n<li>Größe</li>\n<li>{{ city }} &amp; more</li>\n</ul>',
      },
      contact: { company: 'Käse & Söhne <GmbH>', city: 'Köln' },
      sender: {
        fromName: 'Grace Höpper',
        signatureHtml: '<b>Grace</b><br>Example Ltd',
        optOutLine: 'Not for you, {{ first_name }}? Reply “stop”. {{ sender.postal_address }}',
        postalAddress: '1 Example Street',
      },
      unsubscribeMailto: 'mailto:grace@example.org?subject=unsubscribe-d1.abcdefghijklmnopqrstuvwxyz',
      homingId: 'd1',
    }),
    'files-and-pictures': composeInput({
      variant: {
        subject: 'Offer for {{ company }}',
        html: `<p>Hi {{ first_name }},<br><img src="cid:${pictureId}" alt="logo" width="1"></p>`,
      },
      contact: { company: 'Example' },
      images: new Map([[pictureId, { name: 'logo.png', mediaType: 'image/png', bytes: pixel }]]),
      attachments: [{ name: 'Angebot für Zoë.pdf', mediaType: 'application/pdf', bytes: Buffer.from('the offer') }],
      homingId: 'd1',
    }),
    'plain-alias-one-click': composeInput({
      variant: { subject: 'A question', html: '<p>Hi <b>{{ first_name }}</b></p>' },
      plainText: true,
      sender: { fromName: 'Sales', address: 'sales@example.org' },
      unsubscribeMailto: 'mailto:sales@example.org?subject=unsubscribe-d1.abcdefghijklmnopqrstuvwxyz',
      unsubscribeUrl: 'https://mail.example.org/u/d1.abcdefghijklmnopqrstuvwxyz',
      homingId: 'd1',
    }),
    'rich-text': composeInput({
      variant: { subject: 'About {{ company | default: "you" }}', html: htmlOfDoc(richBody) },
      contact: { firstName: 'Zoë', company: '' },
      images: new Map([[pictureId, { name: 'logo.png', mediaType: 'image/png', bytes: pixel }]]),
    }),
    'follow-up-text': composeInput({
      variant: { subject: '', text: 'Hi {{ first_name }},\n\njust checking in. See https://example.com/call?who={{ email | url_encode }}.\n\n{{ sender.name }}' },
      thread: { subject: 'Re: A question', inReplyTo: '<second@example.org>', references: ['<first@example.org>'] },
      sender: { replyTo: 'team@example.org' },
    }),
    cyrillic: composeInput({
      variant: { subject: 'Вопрос о вашем новом офисе в Санкт-Петербурге и о планах на следующий год', text: 'Здравствуйте, {{ first_name }}!\n\nКак дела?' },
      contact: { firstName: 'Анна' },
      sender: { fromName: 'Мария' },
    }),
  };
  const composer = createComposer();

  test.each(Object.entries(samples))('%s', (name, input) => {
    const result = composer.compose(input);
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    const file = join(import.meta.dirname, '../fixtures/golden', `${name}.eml`);
    if (process.env['HOMING_RECORD'] === '1') writeFileSync(file, result.value.raw);
    expect(Buffer.from(result.value.raw).toString('utf8')).toBe(readFileSync(file, 'utf8'));
  });
});

describe('merge tags', () => {
  test('every spelling of a field works, and custom fields by name', () => {
    const { text } = composed({
      variant: {
        text: '{{ first_name }}|{{ contact.first_name }}|{{ contact["first_name"] }}|{{ firstName }}|{{ full_name }}|{{ domain }}|{{ custom.plan }}|{{ plan }}|{{ contact.custom.plan }}|{{ sender.name }}',
      },
    });
    expect(text).toBe('Ada|Ada|Ada|Ada|Ada Lovelace|example.com|Pro|Pro|Pro|Grace Hopper');
  });

  test('a value that is missing and has no fallback holds the mail, and every such field is named', () => {
    expect(
      problemOf({ variant: { subject: 'For {{ contact.company }}', text: '{{ first_name | upcase }} {{ nosuch }} {{ custom.plan }}' }, contact: { firstName: '  ', company: '' } }),
    ).toEqual({ kind: 'missing_field', fields: ['contact.company', 'first_name', 'nosuch'] });
  });

  test.each([
    '{% if phone %}x{% endif %}',
    '{% if phone != "" %}x{% endif %}',
    '{% if phone != blank %}x{% endif %}',
    '{% if custom.note %}x{% endif %}',
    '{% unless phone == nil %}x{% endunless %}',
    '{% if phone.size > 0 %}x{% endif %}',
    '{% if phone contains "1" %}x{% endif %}',
    '{% if "" != phone %}x{% endif %}',
  ])('a condition sees that a field is empty: %s', (text) => {
    expect(composed({ variant: { text: `[${text}]` }, contact: { custom: { note: '' } } }).text).toBe('[]');
    expect(composed({ variant: { text: `[${text}]` }, contact: { phone: '1', custom: { note: 'n' } } }).text).toBe('[x]');
  });

  test.each([
    ['a default', 'Hi {{ first_name | default: "there" }}', 'Hi there'],
    ['an empty default', 'Hi{{ first_name | default: "" }}', 'Hi'],
    ['a condition', '{% if first_name != "" %}Hi {{ first_name }}{% else %}Hi{% endif %}', 'Hi'],
    ['a default that is another field', 'Hi {{ first_name | default: last_name }}', 'Hi Lovelace'],
    ['text that the template itself left empty', '{% assign x = "" %}Hi{{ x }}', 'Hi'],
    ['a signature that the mailbox does not have', 'Hi{{ sender.signature }}', 'Hi'],
  ])('%s needs no value', (_, text, expected) => {
    expect(composed({ variant: { text }, contact: { firstName: '' } }).text).toBe(expected);
  });

  test.each([
    ['a fallback that is missing, too', 'Hi {{ first_name | default: phone }}', ['first_name']],
    ['a value inside a block that is shown', '{% if last_name %}{{ first_name }}{% endif %}', ['first_name']],
    ['a value that is appended', 'Hi {{ "Dr. " | append: first_name }}', ['first_name']],
    ['an assigned value that does not exist', '{% assign x = nosuch %}{{ x }}', ['x']],
  ])('%s holds the mail', (_, text, fields) => {
    expect(problemOf({ variant: { text }, contact: { firstName: '' } })).toEqual({ kind: 'missing_field', fields });
  });

  test('with “blank” the place stays empty and the field is told', () => {
    const mail = composed({ variant: { text: 'Hi {{ first_name }}!' }, contact: { firstName: '' }, onMissing: 'blank' });
    expect([mail.text, mail.missing]).toEqual(['Hi !', ['first_name']]);
  });

  test('what a contact says cannot become HTML, a header or Liquid', async () => {
    const mail = composed({
      variant: {
        subject: 'For {{ first_name }}',
        html: '<p title="{{ first_name }}">{{ first_name }} {% capture c %}{{ first_name }}{% endcapture %}{{ c }} {% echo first_name %} {% cycle first_name, "x" %}</p>',
      },
      contact: { firstName: '<script>"&{{ email }}\r\nBcc: evil@example.com' },
    });
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toContain('&amp;lt;');
    expect(mail.html.match(/&lt;script&gt;&quot;&amp;\{\{ email \}\}/g)).toHaveLength(5);
    const parsed = await parseMail(mail);
    expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(parsed.subject).toBe('For <script>"&{{ email }} Bcc: evil@example.com');
    expect(parsed.text).toContain('<script>"&{{ email }}');
  });

  test('an author who escapes or breaks lines gets it once', () => {
    const { html } = composed({ variant: { html: '{{ plan | escape }}|{{ plan | newline_to_br }}|{{ plan | raw }}', text: 'x' }, contact: { custom: { plan: 'a&b\n<c>' } } });
    expect(html).toContain('a&amp;b\n&lt;c&gt;|a&amp;b<br />\n&lt;c&gt;|a&b\n<c>');
  });

  test('names of JavaScript objects reach nothing', () => {
    const evil = JSON.parse('{"__proto__":"p","constructor":"c"}') as Record<string, string>;
    const { text } = composed({
      variant: {
        text: '[{{ constructor.name | default: "" }}{{ first_name.constructor | default: "" }}{{ contact.__proto__.x | default: "" }}]{{ custom.constructor }}{{ custom.__proto__ }}',
      },
      contact: { custom: evil },
    });
    expect(text).toBe('[]cp');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each([
    ['{{ first_name', 'text', /not closed.*line 1, column 1/],
    ['a\nb {{ first_name | nosuch }}', 'text', /no filter called nosuch \(line 2, column 3\)/],
    ['{% include "x" %}', 'text', /cannot be used/],
    ['{% render "/etc/passwd" %}', 'text', /cannot be used/],
    ['{% if %}', 'text', /line 1/],
    ['{% for i in (1..99999999) %}{{ i }}{% endfor %}', 'text', /limit exceeded/],
  ])('a broken template is told with its place: %s', (text, field, message) => {
    expect(problemOf({ variant: { text } })).toEqual({ kind: 'template_error', field, message: expect.stringMatching(message) as string });
  });
});

describe('the two parts', () => {
  test('text is made of HTML with its tags, links and lists', () => {
    const { text } = composed({
      variant: {
        html: '<h1>Hi {{ first_name }}</h1><p>See <a href="https://example.com/{{ custom.plan | default: "x" }}">this</a>.</p><p>{% if phone %}Call {{ phone }}{% endif %}</p><ul><li>one</li></ul><p>&#123;&#123; no tag }}</p>',
      },
    });
    expect(text).toBe('Hi Ada\n\nSee this <https://example.com/Pro>.\n\n- one\n\n{{ no tag }}');
  });

  test('HTML is made of text: paragraphs, line breaks, links', () => {
    const { html } = composed({ variant: { text: 'Hi {{ first_name }} & co,\nline <two>\n\nhttps://example.com/?a=1&b={{ custom.plan }}.' } });
    expect(html).toContain('<p>Hi Ada &amp; co,<br>\nline &lt;two&gt;</p>\n<p><a href="https://example.com/?a=1&amp;b=Pro">https://example.com/?a=1&amp;b=Pro</a>.</p>');
  });

  test('signature and opt-out line go to the end of both parts, unless the text has them', () => {
    const sender = { signatureHtml: '<b>Grace</b>', optOutLine: 'Reply "stop" to {{ sender.address }}' };
    const mail = composed({ sender });
    expect(mail.text).toBe('Hello Ada\n\n-- \nGrace\n\nReply "stop" to grace@example.org');
    expect(mail.html).toMatch(/Hello Ada<\/p>\n<div><b>Grace<\/b><\/div>\n<p[^>]*>Reply &quot;stop&quot; to grace@example.org<\/p>\n<\/body>/);
    const own = composed({
      sender,
      unsubscribeMailto: 'mailto:x@example.org',
      variant: { html: '<html><body>{{ sender.signature }} <a href="{{ unsubscribe }}">out</a></body></html>' },
    });
    expect(own.html).toBe('<html><body><b>Grace</b> <a href="mailto:x@example.org">out</a></body></html>');
    expect(own.text).toBe('Grace out <mailto:x@example.org>');
  });

  test('literal text is sent as it is', () => {
    const mail = composed({ literal: true, variant: { subject: 'Re: {{ x }}', text: 'a {{ nosuch }} {% b' }, sender: { signatureHtml: 'sig', optOutLine: 'out' } });
    expect([mail.subject, mail.text]).toEqual(['Re: {{ x }}', 'a {{ nosuch }} {% b']);
    expect(mail.html).toContain('<p>a {{ nosuch }} {% b</p>');
    expect(mail.html).not.toContain('sig');
  });
});

describe('threads', () => {
  const thread = { subject: 'RE: re[2]: Lunch?', inReplyTo: '<b@example.org>', references: ['<a@example.org>'] };

  test('an empty subject answers the mail before with exactly one Re:', () => {
    const mail = composed({ variant: { subject: ' ' }, thread });
    expect([mail.subject, mail.sameThread]).toEqual(['Re: Lunch?', true]);
    expect(headOf(mail)).toContain('\r\nIn-Reply-To: <b@example.org>\r\nReferences: <a@example.org> <b@example.org>\r\n');
    expect(mail.references).toEqual(['<a@example.org>', '<b@example.org>']);
  });

  test('the same subject stays in the thread, another one begins a new one', () => {
    expect(composed({ variant: { subject: 'Lunch?' }, thread })).toMatchObject({ subject: 'Re: Lunch?', sameThread: true });
    const other = composed({ variant: { subject: 'Dinner?' }, thread });
    expect(other).toMatchObject({ subject: 'Dinner?', sameThread: false, references: [] });
    expect(headOf(other)).not.toMatch(/In-Reply-To|References/);
  });

  test('a thread of which no mail is known goes on under its subject, without feigning a reply', () => {
    const mail = composed({ variant: { subject: '' }, thread: { subject: 'Lunch?', inReplyTo: null, references: [] } });
    expect(mail.subject).toBe('Lunch?');
    expect(mail.raw.toString()).not.toMatch(/^(In-Reply-To|References):/m);
  });

  test('the References of a long thread keep its first and its newest mails', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `<m${index}@example.org>`);
    const mail = composed({ variant: { subject: '' }, thread: { ...thread, references: ids, inReplyTo: '<m59@example.org>' } });
    expect(mail.references).toEqual([ids[0], ...ids.slice(41)]);
    for (const line of headOf(mail).split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
  });

  test('a first mail without a subject is a mistake', () => {
    expect(problemOf({ variant: { subject: '{{ phone | default: "" }}' } })).toMatchObject({ kind: 'template_error', field: 'subject' });
  });
});

describe('headers', () => {
  test('a line break in a name or an address is refused where it is set', () => {
    expect(problemOf({ sender: { fromName: 'Grace\r\nBcc: evil@example.com' } })).toMatchObject({ kind: 'template_error', field: 'from' });
    expect(problemOf({ to: 'ada@example.com\r\nBcc: evil@example.com' })).toMatchObject({ kind: 'template_error', field: 'to' });
    expect(problemOf({ sender: { replyTo: 'a@example.com, b@example.com' } })).toMatchObject({ kind: 'template_error', field: 'replyTo' });
    expect(problemOf({ to: 'nobody' })).toMatchObject({ kind: 'template_error', field: 'to' });
  });

  test('domains outside ASCII become A-labels, local parts stay', async () => {
    const mail = composed({ to: 'jörg@bücher.example' });
    expect(mail.to).toBe('jörg@xn--bcher-kva.example');
    expect((await parseMail(mail)).to?.[0]?.address).toBe('jörg@xn--bcher-kva.example');
  });

  test('equal input gives equal bytes; the hash follows the content and not the date', () => {
    expect(composed().raw).toEqual(composed().raw);
    expect(composed({ date: 0 }).contentHash).toBe(composed().contentHash);
    expect(composed({ variant: { text: 'x' } }).contentHash).not.toBe(composed().contentHash);
    expect(composed({ to: 'other@example.com' }).contentHash).not.toBe(composed().contentHash);
  });
});

describe('unsubscribe token', () => {
  const id = '0190c0de-aaaa-7bbb-8ccc-0123456789ab';
  const address = unsubscribeAddress('grace+x@bücher.example', id, 'secret');
  const subject = decodeURIComponent(address.split('subject=')[1] ?? '');

  test('is a mailto of the mailbox with a signed subject', () => {
    expect(address).toMatch(/^mailto:grace\+x@xn--bcher-kva\.example\?subject=unsubscribe-0190c0de-aaaa-7bbb-8ccc-0123456789ab\.[a-z2-7]{26}$/);
    expect(readUnsubscribeToken(subject, 'secret')).toBe(id);
  });

  test.each([
    ['a reply prefix', `Re: ${subject}`],
    ['capitals', subject.toUpperCase()],
    ['a folded line', `${subject.slice(0, 30)}\r\n ${subject.slice(30)}`],
    ['words around it', `[EXTERN] Fwd: ${subject} (sent from my phone)`],
  ])('is read through %s', (_, text) => {
    expect(readUnsubscribeToken(text, 'secret')).toBe(id);
  });

  test.each([
    ['another key', subject, 'other'],
    ['another delivery', subject.replace('0190c0de', '0190c0df'), 'secret'],
    ['a shortened signature', subject.slice(0, -1), 'secret'],
    ['no token', 'Please unsubscribe me', 'secret'],
  ])('is refused for %s', (_, text, key) => {
    expect(readUnsubscribeToken(text, key)).toBeNull();
  });
});

test('a new Message-ID stands under the domain of the sender', () => {
  const ids = createIds(() => 1_770_000_000_000);
  expect(newMessageId(ids, 'grace@Bücher.example')).toMatch(/^<[0-9a-f-]{36}@xn--bcher-kva\.example>$/);
  expect(newMessageId(ids, '')).toMatch(/@homing\.invalid>$/);
});

describe('checks', () => {
  const composer = createComposer();

  test.each([
    ['Hi {{ frist_name }}', false, /No contact has a field called “frist_name”\. Did you mean \{\{ first_name \}\}\?/],
    ['Hi {{ contact.frist_name }}', true, /no merge tag \{\{ contact\.frist_name \}\}\. Did you mean \{\{ contact\.first_name \}\}/],
    ['Hi {{ custom.paln }}', false, /Did you mean \{\{ custom\.plan \}\}/],
    ['{{ sender.nmae }}', true, /Did you mean \{\{ sender\.name \}\}/],
    ['{{ first_name | upcas }}', true, /no filter called upcas\. Did you mean upcase\?/],
    ['{% fi x %}', true, /no Liquid tag \{% fi %\}/],
  ])('%s', (source, blocking, message) => {
    expect(composer.check(source, 'text', ['plan'])).toEqual([expect.objectContaining({ blocking, message: expect.stringMatching(message) as string })]);
  });

  test('a choice of words is told where it is broken; other mistakes keep the place that the author sees', () => {
    const found = (source: string) => composer.check(source, 'text', []).map(({ code, blocking, line, column }) => [code, blocking, line, column]);
    expect(found('Hi\n{there|you')).toEqual([['spintax', false, 2, 1]]);
    expect(found('{Hi|Hello} {there|you} {{ nme }}')).toEqual([['unknown_tag', false, 1, 27]]);
    expect(found('{Hi|Hello}\n{a|b|{{ nme | upcas }}}')).toEqual([['template_error', true, 2, 6]]);
    expect(problemOf({ variant: { text: '{Hi|Hello}\n{a|b|{{ nme | upcas }}}' } })).toMatchObject({ message: expect.stringContaining('(line 2, column 6)') as string });
  });

  test('nothing is said of what is right', () => {
    const source =
      '{{ first_name }}{{ plan }}{{ custom.plan }}{{ contact.custom.plan }}{{ sender.signature }}{% assign x = 1 %}{{ x }}{% for tag in contact.tags %}{{ tag }}{{ forloop.index }}{% endfor %}{% if city == blank %}{% endif %}';
    expect(composer.check(source, 'html', ['plan'])).toEqual([]);
    expect(composer.check('{{ anything }}', 'text', null)).toEqual([]);
  });

  test('the fields that a mail needs whatever its conditions say', () => {
    expect(
      composer.requiredFields({
        subject: '{{ contact.company }}',
        html: '{{ firstName }} {{ plan }} {{ custom.x }} {{ city | default: "y" }}{% if title %}{{ title }}{% endif %}{% assign a = 1 %}{{ a }}{{ email }}{{ sender.name }}',
        text: '{{ broken',
      }),
    ).toEqual(['company', 'first_name', 'custom.plan', 'custom.x']);
  });
});

test('the sample contact has what the tests rely on', () => {
  expect(contact.phone).toBe('');
});
