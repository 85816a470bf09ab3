import MailComposer from 'nodemailer/lib/mail-composer';
import { createComposer, type ComposeInput } from '../../electron/engine/composing/index.ts';

/**
 * Messages composed per second: ours against nodemailer's MailComposer, the same rendered text in the same run.
 * Run: tsx test/bench/compose.bench.ts [messages]. The comparison favours nodemailer: it gets finished text, ours
 * also renders the merge tags and hashes the content.
 */

const paragraph =
  '<p>Hi {{ first_name | default: "there" }},</p>\n<p>I saw that {{ company }} is growing in {{ city }} – congratulations. Teams like yours often tell us that following up by hand takes them an hour a day, and that replies get lost between tools.</p>\n';
const filler =
  '<p>We keep everything on your own computer: contacts, drafts and statistics. Nothing leaves it except the mail you send from your own mailbox, at your own pace, and it stops the moment a person answers. Größe und Länge spielen keine Rolle.</p>\n';
const closing =
  '<p>Would {{ custom.day }} suit you for a short call? <a href="https://example.com/call?who={{ email | url_encode }}">Pick a time</a>.</p>\n<p>{{ sender.name }}</p>';

const sizes = [
  { name: '1.5 kB', html: paragraph + filler.repeat(2) + closing },
  { name: '10 kB', html: paragraph + filler.repeat(34) + closing },
  { name: '1.5 kB with {% if %}', html: paragraph + filler.repeat(2) + '{% if title %}<p>As {{ title }} you know that.</p>{% endif %}\n' + closing },
];

const composer = createComposer();

const variants = new Map<string, ComposeInput['variant']>();

/** The stored variant: one object for all people, as in a campaign. */
function variantOf(html: string): ComposeInput['variant'] {
  let variant = variants.get(html);
  if (variant === undefined) variants.set(html, (variant = { subject: '{{ first_name }}, a question about {{ company }}', html, text: '' }));
  return variant;
}

function input(html: string, number: number): ComposeInput {
  return {
    variant: variantOf(html),
    contact: {
      id: String(number),
      email: `person${number}@example.com`,
      firstName: `Ada${number}`,
      lastName: 'Lovelace',
      company: 'Analytical Engines GmbH & Co',
      title: 'Engineer',
      phone: '',
      website: '',
      city: 'Köln',
      country: 'DE',
      timeZone: 'Europe/Berlin',
      tags: [],
      custom: { day: 'Tuesday', plan: 'pro' },
    },
    sender: {
      fromName: 'Grace Hopper',
      address: 'grace@example.com',
      replyTo: null,
      signatureHtml: '<b>Grace</b><br>Example Ltd',
      postalAddress: '',
      optOutLine: 'Not for you? Reply “stop”.',
    },
    thread: { subject: 'A question', inReplyTo: `<a${number}@example.com>`, references: ['<first@example.com>'] },
    messageId: `<m${number}@example.com>`,
    date: 1_770_000_000_000 + number * 1000,
    unsubscribeMailto: `mailto:grace@example.com?subject=unsubscribe-${number}.abcdefghijklmnopqrstuvwxyz`,
    homingId: `d${number}`,
    onMissing: 'hold',
  };
}

function ours(html: string, number: number): { subject: string; html: string; text: string; bytes: number } {
  const result = composer.compose(input(html, number));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return { subject: result.value.subject, html: result.value.html, text: result.value.text, bytes: result.value.raw.length };
}

async function nodemailer(rendered: { subject: string; html: string; text: string }, number: number): Promise<number> {
  const one = input('', number);
  const built = await new MailComposer({
    from: { name: one.sender.fromName, address: one.sender.address },
    to: `person${number}@example.com`,
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    messageId: one.messageId,
    date: new Date(one.date),
    inReplyTo: one.thread?.inReplyTo ?? '',
    references: [...(one.thread?.references ?? [])],
    headers: { 'List-Unsubscribe': `<${one.unsubscribeMailto ?? ''}>`, 'X-Homing-Id': `d${number}` },
  })
    .compile()
    .build();
  return built.length;
}

const median = (list: number[]): number => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

async function main(): Promise<void> {
  const messages = Number(process.argv[2] ?? 4000);
  const rows: Record<string, unknown>[] = [];
  for (const { name, html } of sizes) {
    const rendered = ours(html, 1);
    const own: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      let start = performance.now();
      for (let i = 0; i < messages; i += 1) ours(html, i);
      own.push((performance.now() - start) / messages);
      const few = Math.ceil(messages / 10);
      start = performance.now();
      for (let i = 0; i < few; i += 1) await nodemailer(rendered, i);
      theirs.push((performance.now() - start) / few);
    }
    const [a, b] = [median(own), median(theirs)];
    rows.push({ body: name, 'bytes on the wire': rendered.bytes, 'ours ms': Number(a.toFixed(4)), 'nodemailer ms': Number(b.toFixed(4)), ratio: Number((b / a).toFixed(1)) });
  }
  console.table(rows);
}

await main();
