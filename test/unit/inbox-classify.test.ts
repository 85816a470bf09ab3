import { describe, expect, test } from 'vitest';
import { classify, parseMail, readReplyText, readReturnDate } from '../../electron/engine/inbox/index.ts';
import { judgeFailure } from '../../electron/engine/inbox/failure.ts';
import { wantsOut } from '../../electron/engine/inbox/opt-out.ts';
import { ownText } from '../../electron/engine/inbox/reply-text.ts';

const mail = (lines: string[], body = '') =>
  parseMail(Buffer.from(['From: Anna <anna@example.org>', 'To: me@example.com', 'Date: Mon, 02 Mar 2026 09:00:00 +0100', ...lines, '', body].join('\r\n')));
const classOf = async (lines: string[], body = '') => classify(await mail(lines, body), null).class;

describe('opt-out words', () => {
  test.each([
    'STOP',
    'Unsubscribe',
    'please unsubscribe me',
    'Remove me.',
    'Please remove me from your mailing list.',
    'Take me off this list, thanks',
    'Kindly stop emailing me.',
    'I no longer wish to receive these emails',
    "Don't contact me again!",
    'No more emails please',
    'Not interested, please unsubscribe.',
    'Hi Tom,\n\nplease take us off\nyour list.\n\nAnna',
    'leave me alone',
    'Opt out',
    'Abmelden',
    'Bitte nehmen Sie mich aus Ihrem Verteiler.',
    'Bitte keine weiteren E-Mails mehr.',
    'Schreiben Sie mir bitte nicht mehr.',
    'Ich möchte mich abmelden.',
    'Löschen Sie meine Daten bitte aus der Datenbank',
    'Désinscrivez-moi',
    'Merci de ne plus me contacter',
    'Veuillez me désinscrire de votre liste',
    'Darme de baja',
    'No quiero recibir más correos',
    'Por favor, no me escriba más',
    'Cancellatemi dalla lista',
    'Non desidero più ricevere e-mail',
    'Schrijf me uit',
    'Graag geen mails meer',
    'Quero cancelar inscrição. Não quero mais receber',
    'Remova-me da lista',
    'Proszę mnie wypisać z listy',
    'Nie chcę więcej otrzymywać maili',
    'Wypisz mnie',
  ])('%j asks to be left alone', (text) => expect(wantsOut(text, 'Re: Hello')).toBe(true));

  test.each([
    'Please do not remove me from your list, I like it.',
    "Don't unsubscribe me!",
    'How do your customers unsubscribe from this?',
    'What is your unsubscribe rate?',
    'I stopped by your booth. Let us talk.',
    'Let me remove some doubts first.',
    'Sounds good.\n\nAnna Berg\nTo unsubscribe from our newsletter click here.',
    'Non-stop busy here, call me on Friday.',
    'We cancelled our subscription with your competitor.',
    'Interested!',
    'Not interested, thanks.',
    'Bitte melden Sie sich am Freitag.',
    'Bitte nicht abmelden, wir sind noch interessiert.',
    'If you want to stop receiving mails, tell me.',
    'Can you take me through the offer?',
    'The delivery stopped at customs.',
    'Bitte senden Sie mir keine Preise, sondern Termine.',
  ])('%j does not', (text) => expect(wantsOut(text, 'Re: Hello')).toBe(false));

  test('an empty mail with the word as its subject counts, and a thread about it does not', () => {
    expect(wantsOut('', 'Unsubscribe')).toBe(true);
    expect(wantsOut('What does this mean?', 'Re: unsubscribe')).toBe(false);
  });
});

describe('what a person wrote', () => {
  test.each([
    ['gmail', 'Yes.\n\nOn Mon, Mar 2, 2026 at 9:00 AM Tom Meier <tom@example.com>\nwrote:\n\n> Hello\n> unsubscribe', 'Yes.'],
    ['german', 'Ja, gern.\n\nAm Mo., 2. März 2026 um 09:00 Uhr schrieb Tom Meier <tom@example.com>:\n\n> Hallo', 'Ja, gern.'],
    ['french', 'Oui.\n\nLe lun. 2 mars 2026 à 09:00, Tom <tom@example.com> a écrit :\n\n> Bonjour', 'Oui.'],
    ['spanish', 'Sí.\n\nEl lun, 2 mar 2026 a las 9:00, Tom (<tom@example.com>) escribió:\n\n> Hola', 'Sí.'],
    ['outlook', 'Fine with me.\n\nFrom: Tom Meier <tom@example.com>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Anna\nSubject: Hello\n\nHello Anna', 'Fine with me.'],
    ['outlook, german', 'Passt.\n\nVon: Tom Meier <tom@example.com>\nGesendet: Montag, 2. März 2026 09:00\nAn: Anna\nBetreff: Hallo\n\nHallo Anna', 'Passt.'],
    ['original message', 'OK\n\n-----Original Message-----\nFrom: Tom\n\nHello', 'OK'],
    ['phone', 'OK\n\nSent from my iPhone\n\n> On 2 Mar 2026, at 09:00, Tom wrote:\n>\n> Hello', 'OK'],
    ['answers between the lines', '> When?\nFriday.\n> Where?\nHere.', 'Friday.\nHere.'],
    ['signature', 'See you.\n-- \nAnna Berg\nBerg Ltd', 'See you.'],
    [
      'words that look like headers',
      'From: here it looks fine.\n\nOn Friday I can talk, he wrote me too late.',
      'From: here it looks fine.\n\nOn Friday I can talk, he wrote me too late.',
    ],
    ['only a quote', '> Hello', ''],
  ])('%s', (_name, text, expected) => expect(ownText(text)).toBe(expected));

  test('HTML without a text part', async () => {
    const html = '<div>Yes, <b>please</b>.</div><div class="gmail_quote"><div>On Mon Tom wrote:</div><blockquote>Hello, unsubscribe</blockquote></div>';
    expect(readReplyText(await mail(['Content-Type: text/html'], html))).toBe('Yes, please.');
  });
});

describe('return dates, relative to the mail of 2 March 2026', () => {
  test.each([
    ['I am back on Monday, 9 March.', '2026-03-09'],
    ['Out of office until March 13th, 2026', '2026-03-13'],
    ['I will return on 03/16/2026.', '2026-03-16'],
    ['Ich bin vom 02.03. bis 06.03.2026 nicht im Büro.', '2026-03-06'],
    ['Ab dem 10. März bin ich wieder erreichbar.', '2026-03-10'],
    ['Je serai de retour le 11 mars.', '2026-03-11'],
    ['Sarò assente dal 09/03/2026 al 20/03/2026.', '2026-03-20'],
    ['Estaré fuera hasta el 12 de marzo de 2026.', '2026-03-12'],
    ['Ik ben terug op 17 maart', '2026-03-17'],
    ['Estarei de volta em 18 de março de 2026', '2026-03-18'],
    ['Wracam 19 marca 2026', '2026-03-19'],
    ['Back on 2026-03-20.', '2026-03-20'],
    ['Back on 5 January.', '2027-01-05'],
    ['I am away. Call +49 30 12.03.44 instead.', null],
    ['I left the company on 1 February 2026.', null],
    ['Back soon.', null],
    ['I am out of the office from 9 to 20 March. I will be back on 23 March.', '2026-03-23'],
    ['I will be traveling for work on March 10-31.', '2026-03-31'],
    ["I'm out of the office Friday.", null],
    ['I am out until Friday.', '2026-03-06'],
    ['I will be back on Tuesday 9:00.', '2026-03-03'],
    ['Ich bin ab Montag wieder da.', '2026-03-09'],
    ['Ich bin bis einschließlich Freitag, den 13. März 2026 im Urlaub.', '2026-03-13'],
    ['Ich bin bis zum 13.3. im Urlaub und ab 16.3. wieder erreichbar.', '2026-03-16'],
    ['vom 9.-20. März abwesend', '2026-03-20'],
    ['vom 9. bis 20.3.2026', '2026-03-20'],
    ['Je suis en congés du 9 au 20 mars inclus.', '2026-03-20'],
    ["Absent jusqu'au vendredi 20 mars 2026", '2026-03-20'],
    ['De retour lundi.', '2026-03-09'],
    ['Estaré de vacaciones del 9 al 20 de marzo.', '2026-03-20'],
    ['Vuelvo el lunes 23 de marzo', '2026-03-23'],
    ['Sono in ferie fino al 20 marzo compreso. Rientro lunedì 23 marzo.', '2026-03-23'],
    ['Ik ben afwezig van 9 maart t/m 20 maart.', '2026-03-20'],
    ['Maandag 23 maart ben ik weer bereikbaar.', '2026-03-23'],
    ['Estou de férias até 20/03/2026', '2026-03-20'],
    ['Jestem na urlopie do 20.03.2026 r.', '2026-03-20'],
    ['Będę nieobecny od 9 do 20 marca', '2026-03-20'],
    ['Jag är på semester t.o.m. 20 mars och är åter den 23 mars.', '2026-03-23'],
    ['Jeg er på ferie til og med 20. mars.', '2026-03-20'],
    ['Jeg holder ferie til den 20. marts 2026', '2026-03-20'],
    ['Olen lomalla 20.3.2026 asti.', '2026-03-20'],
    ['Olen poissa 9.3.–20.3.', '2026-03-20'],
    ['Palaan töihin 23.3.', '2026-03-23'],
    ['Jsem na dovolené do 20. března 2026.', '2026-03-20'],
    ['Vrátím se 23.3.2026', '2026-03-23'],
    ["20 Mart'a kadar izindeyim.", '2026-03-20'],
    ['23 Mart Pazartesi günü ofise döneceğim', '2026-03-23'],
    ['Я в отпуске с 9 по 20 марта.', '2026-03-20'],
    ['Вернусь 23 марта 2026 года', '2026-03-23'],
    ['Я у відпустці до 20 березня.', '2026-03-20'],
    ['3月20日まで休暇をいただいております。', '2026-03-20'],
    ['3月23日より通常通り出社いたします。', '2026-03-23'],
    ['我将于3月9日至3月20日休假，3月23日返回。', '2026-03-23'],
    ['3월 9일부터 3월 20일까지 휴가입니다.', '2026-03-20'],
    ['2026年3月9日から2026年3月20日まで不在', '2026-03-20'],
    ['I am away until the 20th.', '2026-03-20'],
    ['back on the 20th of March', '2026-03-20'],
    ['Ich bin bis zum 20. nicht im Haus', '2026-03-20'],
    ['returning 12/03/2026', '2026-03-12'],
    ['I return to the office on Wed 18 Mar 2026 at 9 am', '2026-03-18'],
    ['I will be out of the office starting 03/09/2026 and will not return until 03/23/2026.', '2026-03-23'],
    ['2026. március 20-ig szabadságon vagyok', '2026-03-20'],
    ['Sunt în concediu până pe 20 martie', '2026-03-20'],
    ['I will be back tomorrow', '2026-03-03'],
    ['Ich bin morgen wieder erreichbar', '2026-03-03'],
    ['Thank you for your email dated 1 March 2026. I am away until 20/3.', '2026-03-20'],
    ['Seré fora des de 9 de març fins 20 de març', '2026-03-20'],
    ['I am on parental leave and will return in September.', null],
    ['Ég verð í burtu frá 9. mars til 20. mars', '2026-03-20'],
    ['Λείπω από 9 Μαρτίου έως 20 Μαρτίου', '2026-03-20'],
    ['Ne bom dosegljiv od 9. 3. 2026 do 20. 3. 2026', '2026-03-20'],
    ['Our offices are closed 24 December to 2 January.', '2027-01-02'],
    ['I will be on vacation from 20.12.2026 - 6.1.2027', '2027-01-06'],
  ])('%s → %s', (text, expected) => expect(readReturnDate(text, Date.UTC(2026, 2, 2, 8), 60)).toBe(expected));
});

describe('automatic mail', () => {
  test.each([
    [['Auto-Submitted: auto-replied', 'Subject: Re: Hello'], 'Thanks', 'auto_acknowledgement'],
    [['Auto-Submitted: no', 'Subject: Re: Hello'], 'Thanks', 'human'],
    [['X-Autoreply: yes', 'Subject: Vacation'], 'I am on vacation until Friday', 'out_of_office'],
    [['Precedence: auto_reply', 'Subject: Hello'], 'Away from the office', 'out_of_office'],
    [['Precedence: bulk', 'Subject: News'], 'Hello all', 'human'],
    [['X-Auto-Response-Suppress: All', 'Subject: Automatic reply: Hello'], 'Back on Monday', 'auto_acknowledgement'],
    [['X-Auto-Response-Suppress: All', 'Subject: Re: Hello'], 'Let us talk on Monday.', 'human'],
    [['Subject: Abwesenheitsnotiz: Hallo'], 'Ich bin im Urlaub', 'out_of_office'],
    [['Subject: Réponse automatique : Bonjour'], "Je suis absente jusqu'au 12 mars", 'out_of_office'],
    [['Subject: Re: Hello'], 'I am on holiday next week, but this sounds interesting. Can we talk before?', 'human'],
    [['Subject: Re: Out of office policy'], 'Yes, send me the draft.', 'human'],
  ])('%j', async (lines, body, expected) => expect(await classOf(lines, body)).toBe(expected));

  test('a calendar answer is a person', async () => {
    const lines = ['Subject: Accepted: Call', 'MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary="b"'];
    const body = [
      '--b',
      'Content-Type: text/plain',
      '',
      '',
      '--b',
      'Content-Type: text/calendar; method=REPLY',
      '',
      'BEGIN:VCALENDAR',
      'METHOD:REPLY',
      'END:VCALENDAR',
      '--b--',
    ].join('\r\n');
    expect(classify(await mail(lines, body), null)).toMatchObject({ class: 'human', source: 'structure' });
  });
});

describe('bounces', () => {
  test.each([
    ['5.1.1', '550 5.1.1 <a@example.org>: Recipient address rejected: User unknown', 'hard', 'unknown_recipient'],
    ['5.7.1', '554 5.7.1 <a@example.org>: Recipient address rejected: no such user', 'hard', 'unknown_recipient'],
    ['5.4.4', 'Host or domain name not found. Name service error', 'hard', 'unknown_recipient'],
    ['4.4.4', '450 4.4.4 Host or domain name not found', 'soft', 'temporary'],
    ['5.1.1', '550 5.1.1 Sender rejected: daily sending quota exceeded', null, null],
    ['5.1.1', '550 5.1.1 Rejected, your IP is listed at dnsbl.example', 'block', null],
    ['5.7.26', '550 5.7.26 Unauthenticated email from example.com is not accepted due to DMARC policy', 'block', 'auth'],
    ['5.7.1', '554 5.7.1 Relay access denied', 'block', 'relay_denied'],
    ['5.2.2', '552 5.2.2 Over quota', 'soft', 'mailbox_full'],
    ['5.2.1', '550 5.2.1 The account is disabled', 'soft', 'mailbox_disabled'],
    ['5.3.4', '552 5.3.4 Message size exceeds fixed limit', 'soft', 'message_too_big'],
    ['4.4.7', 'delivery time expired', 'soft', 'temporary'],
    ['5.0.0', 'something strange happened', 'soft', null],
  ])('%s %s', (status, diagnostic, kind, name) => {
    const verdict = judgeFailure(status, diagnostic);
    if (kind === null) expect(verdict.kind).not.toBe('hard');
    else expect(verdict.kind).toBe(kind);
    if (name !== null) expect(verdict.class).toBe(name);
  });

  test('one recipient’s words never judge another', async () => {
    const body = [
      '--b',
      'Content-Type: text/plain',
      '',
      'Failed.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx',
      '',
      'Final-Recipient: rfc822; one@example.org',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
      '',
      'Final-Recipient: rfc822; two@example.org',
      'Action: delayed',
      'Status: 4.4.1',
      '__proto__: polluted',
      '',
      'Final-Recipient: rfc822; three@example.org',
      'Action: delivered',
      'Status: 2.0.0',
      '--b--',
    ].join('\r\n');
    const found = classify(await mail(['Content-Type: multipart/report; report-type=delivery-status; boundary="b"'], body), null).bounce;
    expect(found?.recipients.map(({ address, kind, delayed }) => [address, kind, delayed])).toEqual([
      ['one@example.org', 'hard', false],
      ['two@example.org', 'soft', true],
      ['three@example.org', 'none', false],
    ]);
  });

  test.each([
    [
      'qmail',
      "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<gone@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <me@example.com>\nMessage-ID: <out1@example.com>\nTo: gone@example.org\n",
      'hard_bounce',
    ],
    [
      'exim',
      'A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@example.org\n    SMTP error from remote mail server after RCPT TO:<gone@example.org>:\n    550 Unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-ID: <out1@example.com>\nTo: gone@example.org\n',
      'hard_bounce',
    ],
    [
      'warning',
      'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\n  gone@example.org\n    user unknown here for the moment\n\nNo action is required on your part. Delivery attempts will continue for some time.\n\n------ This is a copy ------\n\nMessage-ID: <out1@example.com>\n',
      'delayed_notice',
    ],
  ])('plain-text notice of %s', async (_name, body, expected) => {
    const raw = ['From: Mail Delivery System <MAILER-DAEMON@mx.example.net>', 'To: me@example.com', 'Subject: failure notice', 'Return-Path: <>', '', body].join('\r\n');
    const found = classify(await parseMail(Buffer.from(raw)), null);
    expect([found.class, found.bounce?.recipients[0]?.address, found.bounce?.returned?.messageId]).toEqual([expected, 'gone@example.org', '<out1@example.com>']);
  });
});
