import { describe, expect, test } from 'vitest';
import { replyIntents } from '../../shared/schemas/reply.ts';
import { classify, parseMail } from '../../electron/engine/inbox/index.ts';
import { readDelegate } from '../../electron/engine/inbox/delegate.ts';
import { detectLanguage } from '../../electron/engine/lib/language.ts';
import { buildMail, readMailCorpus } from '../support/mail-corpus.ts';

const people = await Promise.all(readMailCorpus('people').map(async (one) => ({ one, found: classify(await parseMail(buildMail(one)), null) })));
const mailOf = (text: string) =>
  parseMail(Buffer.from(`From: Anna <anna@example.net>\nTo: tom@example.com\nSubject: Re: hi\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`));
const answer = async (text: string) => classify(await mailOf(text), null);

/** Lowest precision and recall that an intent, and the share of texts and languages read right, may fall to. */
const floor = 0.95;

describe('what people write, labelled', () => {
  test('each intent is found, and only where it is', () => {
    const rows = replyIntents.map((intent) => {
      const labelled = people.filter(({ one }) => one.expect.intent === intent).length;
      const right = people.filter(({ one, found }) => one.expect.intent === intent && found.intent === intent).length;
      const said = people.filter(({ found }) => found.intent === intent).length;
      return { intent, messages: labelled, precision: said === 0 ? 0 : right / said, recall: labelled === 0 ? 1 : right / labelled };
    });
    console.table(rows.map((row) => ({ ...row, precision: row.precision.toFixed(3), recall: row.recall.toFixed(3) })));
    const wrong = people.filter(({ one, found }) => one.class === 'human' && (one.expect.intent ?? null) !== found.intent);
    expect(
      rows.filter(({ precision, recall }) => Math.min(precision, recall) < floor),
      wrong.map(({ one, found }) => `${one.id}: taken as ${String(found.intent)}`).join('\n'),
    ).toEqual([]);
  });

  test('no opt-out is missed, and nobody else is taken out', () => {
    const wrong = people.filter(({ one, found }) => (one.class === 'opt_out') !== (found.class === 'opt_out'));
    expect(wrong.map(({ one }) => one.id)).toEqual([]);
  });

  test.each(people.filter(({ one }) => one.expect.replyText !== undefined).map((each) => [each.one.id, each] as const))('%s: their words alone', (_id, { one, found }) => {
    expect(found.replyText).toBe(one.expect.replyText);
  });

  test.each(people.filter(({ one }) => one.expect.delegate != null).map((each) => [each.one.id, each] as const))('%s names somebody else', (_id, { one, found }) => {
    expect(found.delegate).toEqual(one.expect.delegate);
  });

  test('a language is told right or not at all', () => {
    const told = people.filter(({ found }) => found.language !== null);
    const wrong = told.filter(({ one, found }) => one.language !== found.language);
    console.log(`language: ${told.length} of ${people.length} told, ${wrong.length} wrong`);
    expect(wrong.map(({ one, found }) => `${one.id}: ${String(found.language)}`)).toEqual([]);
    expect(told.length / people.length).toBeGreaterThan(0.7);
  });
});

describe('the intent of an answer', () => {
  test.each([
    ['positive', 'Sounds like something we could use. Send over the deck?'],
    ['negative', 'Appreciate you reaching out, but this is not something we are pursuing.'],
    ['negative', 'Hi Tom, thanks for your email. Unfortunately we are not looking for a solution like this.'],
    ['negative', 'We’re good, thanks.'],
    ['neutral', 'Circle back in Q3 please.'],
    ['meeting', 'Can we do Wednesday 3pm?'],
    ['meeting', 'Here is my Calendly: calendly.com/anna'],
    ['referral', 'You should talk to Mark, he runs IT.'],
    ['question', 'What’s the catch?'],
    ['positive', 'Love it!'],
    ['negative', 'Not for us.'],
    ['negative', 'Nope'],
    ['positive', '👍'],
    ['positive', 'Yes'],
    ['negative', 'No'],
    ['negative', 'Wir sind bereits gut versorgt, vielen Dank.'],
    ['negative', 'Das kommt für uns leider nicht in Frage.'],
    ['positive', 'Sehr gern, schicken Sie mir die Unterlagen.'],
    ['negative', 'Nein.'],
    ['neutral', 'Bin gerade im Urlaub zurück, ich schaue es mir an und melde mich.'],
    ['meeting', 'Rufen Sie mich morgen an.'],
    ['negative', 'Nous ne souhaitons pas donner suite.'],
    ['positive', 'Oui, envoyez-moi une présentation.'],
    ['negative', 'Cela ne nous intéresse pas.'],
    ['negative', 'No estamos interesados'],
    ['positive', 'Sí, claro, envíame los precios'],
    ['negative', 'Al momento non siamo interessati'],
    ['negative', 'Geen interesse, bedankt'],
    ['negative', 'Nie, dziękuję'],
    ['negative', 'Inget intresse'],
  ])('%s: %s', async (intent, text) => expect(await answer(text)).toMatchObject({ class: 'human', intent, source: 'pattern' }));

  test('an answer without any known wording has no intent', async () => expect(await answer('Zyx qwv.')).toMatchObject({ class: 'human', intent: null, source: 'default' }));
});

describe('opt-out', () => {
  test.each([
    'Please remove me',
    'pls take me off ur list',
    'I would like to opt out.',
    'UNSUBSCRIBE!!!',
    'unsubsribe',
    'Please stop.',
    'stop sending me emails',
    'Do not email me ever again',
    'Remove anna@example.org from your database.',
    'Can you please delete my email address?',
    'Please stop contacting us.',
    'Hi, I want to be removed from this list. Thank you, Anna',
    'Bitte löschen Sie mich aus dem Verteiler',
    'Bitte keine Werbung mehr.',
    'Ich möchte keine weiteren Mails von Ihnen erhalten.',
    'Bitte um Löschung meiner Daten.',
    'Merci de me retirer de votre base de données.',
    'Arrêtez de m’envoyer des mails !',
    'Por favor elimíneme de su lista de correo',
    'No me envíen más correos',
    'Non inviatemi più email',
    'Gelieve mij uit te schrijven',
    'Nie życzę sobie takich wiadomości',
    'Sluta skicka mejl till mig',
    'Stop med at sende mig mails',
    'Ikke send meg flere e-poster',
    'Poista minut postituslistalta',
    'Prosím o odhlášení z odběru',
    'Beni mail listenizden çıkarın',
    'Прошу исключить мой адрес из рассылки',
    'Прошу більше мені не писати',
    'メールの配信を停止してください',
    '請將我從名單中移除',
    '메일 수신을 원하지 않습니다. 삭제해 주세요',
  ])('%j is one', async (text) => expect((await answer(text)).class).toBe('opt_out'));

  test.each([
    'I will stop by your booth on Tuesday.',
    'Please stop the delivery of order 55, it was wrong.',
    'Can you remove the second item from my order?',
    'We had to stop the project.',
    'Please cancel my order.',
    'I unsubscribed from your competitor last year because of their prices.',
    'Is there a way for recipients to opt out?',
    'Please delete the draft contract and send me a new one.',
    'Please take me through the pricing.',
    'Never stop sending these, they are great!',
    'Please remove Ben from the thread.',
    'Don’t contact me by phone, mail is better.',
    'I do not want to receive a call, please send me details by mail.',
    'Bitte schicken Sie mir keine Mails am Wochenende, sondern rufen Sie mich an.',
    'Cancel\n\nthe meeting on Friday please, I am ill. We can talk next week if that is fine for you.',
    'I would like to stop by your office.',
    'Stop by any time!',
    'Are you able to stop the mails to my colleague who left?',
  ])('%j is none', async (text) => expect((await answer(text)).class).toBe('human'));

  test('a bare subject above a few words counts, an answer below such a subject does not', async () => {
    const write = async (subject: string, body: string) => classify(await parseMail(Buffer.from(`From: a@example.net\nSubject: ${subject}\n\n${body}\n`)), null).class;
    expect(await write('unsubscribe', 'Thanks, Anna')).toBe('opt_out');
    expect(await write('Unsubscribe', 'What does this button do?')).toBe('human');
    expect(await write('Re: unsubscribe', 'I like your mails.')).toBe('human');
  });
});

describe('language', () => {
  test.each([
    ['el', 'Καλημέρα, σας ευχαριστώ πολύ.'],
    ['he', 'שלום, תודה רבה על ההודעה.'],
    ['ar', 'مرحبا، شكرا على رسالتكم.'],
    ['hu', 'Köszönöm, de nem érdekel, mert már van egy megoldásunk.'],
    ['ro', 'Mulțumesc, dar nu sunt interesat pentru că avem deja o soluție.'],
    [null, 'Ok'],
    [null, 'https://example.com/the/of/and'],
  ])('%s', (language, text) => expect(detectLanguage(text)).toBe(language));
});

describe('whom an answer names', () => {
  test.each([
    ['Please write to Ben van Dijk <ben@example.org>.', { name: 'Ben van Dijk', address: 'ben@example.org' }],
    ['Please contact Eva Lindström at Eva.L@example.org.', { name: 'Eva Lindström', address: 'eva.l@example.org' }],
    ['My colleague: ben@example.org', { name: '', address: 'ben@example.org' }],
    ['Write to me at anna@example.net or to tom@example.com.', null],
    ['Ask Ben.', null],
  ])('%j', async (text, expected) => expect(readDelegate(await mailOf(text), text)).toEqual(expected));
});
