import { describe, expect, test } from 'vitest';
import { parseMail, readReplyText } from '../../electron/engine/inbox/index.ts';
import { ownText } from '../../electron/engine/inbox/reply-text.ts';

const quote = '> Hello Anna,\n> shall we talk?\n> Unsubscribe: reply with stop';
const below = 'Hello Anna,\nshall we talk?\nUnsubscribe: reply with stop';

/** How mail programs introduce the quoted mail, each as our own example. */
const attributions: Record<string, string> = {
  'Gmail en': 'On Mon, Mar 2, 2026 at 9:00 AM Tom Meier <tom@example.com> wrote:',
  'Gmail en wrapped': 'On Mon, Mar 2, 2026 at 9:00 AM Tom Meier\n<tom@example.com> wrote:',
  'Gmail en wrapped inside the address': 'On Mon, Mar 2, 2026 at 9:00 AM Tom Meier <\ntom@example.com> wrote:',
  'three lines': 'On Monday, 2 March 2026 at 9:00,\nTom Meier from the sales team\n<tom@example.com> wrote:',
  'Apple en': 'On 2 Mar 2026, at 09:00, Tom Meier <tom@example.com> wrote:',
  'Thunderbird en': 'On 02/03/2026 09:00, Tom Meier wrote:',
  'address first': 'Tom Meier <tom@example.com> wrote on Mon, 2 Mar 2026 at 09:00:',
  'Zoho dashes': '---- On Mon, 02 Mar 2026 09:00:00 +0100 Tom Meier <tom@example.com> wrote ----',
  'Proton en': 'On Monday, March 2nd, 2026 at 9:00 AM, Tom Meier <tom@example.com> wrote:',
  AOL: 'In a message dated 3/2/2026 9:00:00 A.M. Eastern Standard Time, tom@example.com writes:',
  Horde: 'Quoting Tom Meier <tom@example.com>:',
  'Horde de': 'Zitat von Tom Meier <tom@example.com>:',
  'Gmail de': 'Am Mo., 2. März 2026 um 09:00 Uhr schrieb Tom Meier <tom@example.com>:',
  'Apple de': 'Am 02.03.2026 um 09:00 schrieb Tom Meier <tom@example.com>:',
  'address first de': 'Tom Meier <tom@example.com> schrieb am Mo., 2. März 2026,\n09:00:',
  'Gmail fr': 'Le lun. 2 mars 2026 à 09:00, Tom Meier <tom@example.com> a écrit :',
  'Gmail fr wrapped': 'Le lun. 2 mars 2026 à 09:00, Tom Meier <tom@example.com> a\nécrit :',
  'Gmail es': 'El lun, 2 mar 2026 a las 9:00, Tom Meier (<tom@example.com>) escribió:',
  'Gmail it': 'Il giorno lun 2 mar 2026 alle ore 09:00 Tom Meier <tom@example.com> ha scritto:',
  'Gmail pt': 'Em seg., 2 de mar. de 2026 às 09:00, Tom Meier <tom@example.com> escreveu:',
  'Thunderbird pt': 'Às 09:00 de 02/03/2026, Tom Meier escreveu:',
  'Gmail nl': 'Op ma 2 mrt 2026 om 09:00 schreef Tom Meier <tom@example.com>:',
  'Apple nl': 'Op 2 mrt. 2026, om 09:00 heeft Tom Meier <tom@example.com> het volgende geschreven:',
  'Gmail pl': 'pon., 2 mar 2026 o 09:00 Tom Meier <tom@example.com> napisał(a):',
  'Apple pl': 'W dniu 2 mar 2026, o godz. 09:00, użytkownik Tom Meier <tom@example.com> napisał:',
  'Onet pl': 'Dnia 2 marca 2026 09:00 Tom Meier <tom@example.com> napisał(a):',
  'Gmail sv': 'Den mån 2 mars 2026 kl 09:00 skrev Tom Meier <tom@example.com>:',
  'Apple sv': '2 mars 2026 kl. 09:00 skrev Tom Meier <tom@example.com>:',
  'Gmail da': 'Den man. 2. mar. 2026 kl. 09.00 skrev Tom Meier <tom@example.com>:',
  'Gmail nb': 'man. 2. mars 2026 kl. 09:00 skrev Tom Meier <tom@example.com>:',
  'Gmail fi': 'ma 2. maalisk. 2026 klo 9.00 Tom Meier (tom@example.com) kirjoitti:',
  'Apple fi': 'Tom Meier <tom@example.com> kirjoitti 2.3.2026 kello 9.00:',
  'Gmail cs': 'po 2. 3. 2026 v 9:00 odesílatel Tom Meier <tom@example.com> napsal:',
  'Thunderbird cs': 'Dne 02. 03. 26 v 9:00 Tom Meier napsal(a):',
  'Gmail sk': 'po 2. 3. 2026 o 9:00 Tom Meier <tom@example.com> napísal(a):',
  'Gmail tr': 'Tom Meier <tom@example.com>, 2 Mar 2026 Pzt, 09:00 tarihinde şunu yazdı:',
  'Gmail ru': 'пн, 2 мар. 2026 г. в 09:00, Tom Meier <tom@example.com>:',
  'Thunderbird ru': '02.03.2026 09:00, Tom Meier пишет:',
  'Apple ru': '2 марта 2026 г., в 09:00, Tom Meier <tom@example.com> написал(а):',
  'mail.ru': 'Понедельник, 2 марта 2026, 9:00 +03:00 от Tom Meier <tom@example.com>:',
  Yandex: '02.03.2026, 09:00, "Tom Meier" <tom@example.com>:',
  'Gmail uk': 'пн, 2 бер. 2026 р. о 09:00 Tom Meier <tom@example.com> пише:',
  'Apple uk': '2 бер. 2026 р. о 09:00 Tom Meier <tom@example.com> написав(ла):',
  'Gmail ja': '2026年3月2日(月) 9:00 Tom Meier <tom@example.com>:',
  'Apple ja': '2026/03/02 9:00、Tom Meier <tom@example.com>のメール:',
  'Gmail zh': 'Tom Meier <tom@example.com> 于2026年3月2日周一 09:00写道：',
  'Apple zh': '在 2026年3月2日，上午9:00，Tom Meier <tom@example.com> 写道：',
  'Gmail zh-TW': 'Tom Meier <tom@example.com> 於 2026年3月2日 週一 上午9:00寫道：',
  'Gmail ko': '2026년 3월 2일 (월) 오전 9:00, Tom Meier <tom@example.com>님이 작성:',
  'Gmail hu': 'Tom Meier <tom@example.com> ezt írta (időpont: 2026. márc. 2., H, 9:00):',
  'Apple hu': '2026. 03. 02. dátummal, 9:00 időpontban Tom Meier <tom@example.com> írta:',
  'Gmail ro': 'În lun., 2 mar. 2026 la 09:00, Tom Meier <tom@example.com> a scris:',
  'Gmail el': 'Στις Δευ 2 Μαρ 2026 στις 9:00 π.μ., ο χρήστης Tom Meier <tom@example.com> έγραψε:',
  'Gmail he': '\u202bבתאריך יום ב׳, 2 במרץ 2026 ב-9:00 מאת \u202aTom Meier\u202c\u200f <\u202atom@example.com\u202c\u200f>:\u202c',
  'Gmail ar': 'في الاثنين، 2 مارس 2026 في 9:00 ص تمت كتابة ما يلي بواسطة Tom Meier <tom@example.com>:',
  'Gmail vi': 'Vào Th 2, 2 thg 3, 2026 vào lúc 09:00 Tom Meier <tom@example.com> đã viết:',
  'Gmail lt': 'pirm., 2026-03-02 09:00 Tom Meier <tom@example.com> rašė:',
  'Gmail bg': 'На пн, 2.03.2026 г. в 9:00 Tom Meier <tom@example.com> написа:',
  'Gmail hr': 'pon, 2. ožu 2026. u 09:00 Tom Meier <tom@example.com> napisao je:',
  'Gmail id': 'Pada tanggal Sen, 2 Mar 2026 pukul 09.00 Tom Meier <tom@example.com> menulis:',
};

const block = (from: string, date: string, to: string, subject: string): string =>
  `${from}: Tom Meier <tom@example.com>\n${date}: 2 2026 09:00\n${to}: Anna Berg\n${subject}: Hello`;
const blocks: Record<string, string> = {
  en: block('From', 'Sent', 'To', 'Subject'),
  de: block('Von', 'Gesendet', 'An', 'Betreff'),
  fr: 'De : Tom Meier\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : Anna Berg\nObjet : Hello',
  es: block('De', 'Enviado el', 'Para', 'Asunto'),
  it: block('Da', 'Inviato', 'A', 'Oggetto'),
  pt: block('De', 'Enviada em', 'Para', 'Assunto'),
  nl: block('Van', 'Verzonden', 'Aan', 'Onderwerp'),
  pl: block('Od', 'Wysłano', 'Do', 'Temat'),
  sv: block('Från', 'Skickat', 'Till', 'Ämne'),
  da: block('Fra', 'Sendt', 'Til', 'Emne'),
  fi: block('Lähettäjä', 'Lähetetty', 'Vastaanottaja', 'Aihe'),
  cs: block('Od', 'Odesláno', 'Komu', 'Předmět'),
  tr: block('Kimden', 'Gönderildi', 'Kime', 'Konu'),
  ru: block('От', 'Отправлено', 'Кому', 'Тема'),
  uk: block('Від', 'Надіслано', 'Кому', 'Тема'),
  ja: block('差出人', '送信日時', '宛先', '件名'),
  zh: '发件人：Tom Meier <tom@example.com>\n发送时间：2026年3月2日 9:00\n收件人：Anna Berg\n主题：Hello',
  ko: block('보낸 사람', '보낸 날짜', '받는 사람', '제목'),
  hu: block('Feladó', 'Elküldve', 'Címzett', 'Tárgy'),
  he: block('מאת', 'נשלח', 'אל', 'נושא'),
  'an unknown language': 'Xefro: Tom Meier <tom@example.com>\nXdat: 2.3.2026 09:00\nXtol: Anna Berg\nXsub: Hello',
  'stars around labels': '*From:* Tom Meier [mailto:tom@example.com]\n*Sent:* Monday, March 2, 2026 9:00 AM\n*To:* Anna Berg\n*Subject:* Hello',
  'a wrapped address': 'From: Tom Meier\n<a-very-long-address-of-tom@example.com>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Anna Berg\nSubject: Hello',
  paragraphs: 'From: Tom Meier\n\nSent: Monday, March 2, 2026 9:00 AM\n\nTo: Anna Berg\n\nSubject: Hello',
  'Date before From': 'Date: Mon, 2 Mar 2026 09:00:00 +0100\nSubject: Hello\nFrom: tom@example.com\nTo: anna@example.org',
};

const separators: Record<string, string> = {
  Outlook: '-----Original Message-----\nFrom: Tom Meier\nSent: Monday, March 2, 2026 9:00 AM',
  'Outlook de': '-----Ursprüngliche Nachricht-----\nVon: Tom Meier',
  spaced: '----- Original Message -----',
  'Outlook fr': "-----Message d'origine-----\nDe : Tom Meier",
  'Outlook es': '-----Mensaje original-----',
  'Outlook it': '-----Messaggio originale-----',
  'Outlook nl': '-----Oorspronkelijk bericht-----',
  'Outlook pt': '-----Mensagem original-----',
  'Outlook pl': '-----Wiadomość oryginalna-----',
  'Outlook sv': '-----Ursprungligt meddelande-----',
  'Outlook nb': '-----Opprinnelig melding-----',
  'Outlook fi': '-----Alkuperäinen viesti-----',
  'Outlook cs': '-----Původní zpráva-----',
  'Outlook tr': '-----Özgün İleti-----',
  'Outlook ru': '-----Исходное сообщение-----',
  QQ: '------------------ 原始邮件 ------------------',
  ko: '-----원본 메시지-----',
  'a line of underscores': '________________________________\nFrom: Tom Meier <tom@example.com>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Anna Berg\nSubject: Hello',
  forwarded: '---------- Forwarded message ---------\nFrom: Tom Meier <tom@example.com>\nDate: Mon, Mar 2, 2026 at 9:00 AM\nSubject: Hello\nTo: <anna@example.org>',
  'Apple forward': 'Begin forwarded message:\n\nFrom: Tom Meier <tom@example.com>\nSubject: Hello',
  'Apple forward de': 'Anfang der weitergeleiteten Nachricht:\n\nVon: Tom Meier <tom@example.com>\nBetreff: Hello',
  BlackBerry: '  Original Message  \nFrom: Tom Meier\nSent: Monday, March 2, 2026 9:00 AM\nTo: Anna',
  GMX: 'Gesendet: Montag, 02. März 2026 um 09:00 Uhr\nVon: "Tom Meier" <tom@example.com>\nAn: anna@example.org\nBetreff: Hello',
  'help desk': '## Please type your reply above this line ##',
};

describe('the quoted mail below an answer', () => {
  test.each(Object.entries(attributions))('%s', (_name, line) => {
    expect(ownText(`Yes, please.\n\n${line}\n\n${quote}\n`)).toBe('Yes, please.');
    expect(ownText(`Yes, please.\n${line}\n${below}\n`)).toBe('Yes, please.');
  });
  test.each(Object.entries(blocks))('headers: %s', (_name, lines) => {
    expect(ownText(`Yes, please.\n\n${lines}\n\n${below}\n`)).toBe('Yes, please.');
    expect(ownText(`Yes, please.\n\n${'_'.repeat(32)}\n${lines}\n\n${below}\n`)).toBe('Yes, please.');
  });
  test.each(Object.entries(separators))('separator: %s', (_name, lines) => expect(ownText(`Yes, please.\n\n${lines}\n\n${below}\n`)).toBe('Yes, please.'));
});

describe('answers around quotes', () => {
  const on = attributions['Gmail en'] ?? '';
  test.each([
    ['below the quote', `${on}\n\n${quote}\n\nYes, please.\n`, 'Yes, please.'],
    ['between quotes', `${on}\n> Shall we talk?\nYes.\n> On Monday?\nRather on Tuesday.\n\n> Tom\n`, 'Yes.\nRather on Tuesday.'],
    ['above and below', `See below.\n\n${on}\n> Shall we talk?\n\nYes.\n`, 'See below.\n\nYes.'],
    ['below a header that a program left unmarked', `${on}\n\nYes, please.`, 'Yes, please.'],
    ['with a signature above the quote', `Yes.\n-- \nAnna Berg\nExample Ltd\n\n${on}\n${quote}\n`, 'Yes.'],
    ['with a signature above an answered quote', `Hi,\n-- \nAnna Berg\n\n${on}\n> Monday?\nTuesday!\n`, 'Hi,\nTuesday!'],
    ['initials before the mark', 'Sure.\n\nTM> Shall we talk?\nTM> On Monday?\n\nMonday is fine.', 'Sure.\n\nMonday is fine.'],
    ['nested marks', `Yes.\n\n${on}\n> > older\n>> oldest\n> newer\n`, 'Yes.'],
    ['broken lines of the quote', `Yes.\n\n${on}\n> This is a line of the quoted mail that is so long that the program\nwas broken\n> and goes on here\n`, 'Yes.'],
  ])('%s', (_name, text, expected) => expect(ownText(text).replace(/\n{2,}/g, '\n\n')).toBe(expected));
});

describe('what programs and companies add', () => {
  test.each([
    'Sent from my iPhone',
    'Sent from my Samsung Galaxy smartphone.',
    'Sent from Mail for Windows',
    'Sent from Yahoo Mail on Android',
    'Sent with Proton Mail secure email.',
    'Get Outlook for iOS<https://example.com/o>',
    'Sent from my mobile device, please excuse brevity.',
    'Von meinem iPhone gesendet',
    'Gesendet von Outlook für Android',
    'Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.',
    'Envoyé de mon iPhone',
    'Envoyé à partir de Outlook pour iOS',
    'Enviado desde mi iPhone',
    'Inviato da iPhone',
    'Enviado do meu iPhone',
    'Verstuurd vanaf mijn iPhone',
    "Wysłane z iPhone'a",
    'Skickat från min iPhone',
    'Sendt fra min iPhone',
    'Lähetetty iPhonesta',
    'Odesláno z iPhonu',
    "iPhone'umdan gönderildi",
    'Отправлено с iPhone',
    'Надіслано з iPhone',
    'iPhoneから送信',
    '发自我的iPhone',
    '나의 iPhone에서 보냄',
    'Elküldve az iPhone-omról',
    'Trimis de pe iPhone-ul meu',
    '-- \nAnna Berg\nExample Ltd',
    '—\nAnna Berg',
    '---\nAnna Berg\nExample Ltd',
    '_____________\nAnna Berg',
    'This e-mail and any attachments are confidential. If you are not the intended recipient, delete it.',
    'Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, löschen Sie sie.',
    'Ce message et ses pièces jointes sont confidentiels. Merci de le supprimer.',
    'Este mensaje y sus archivos adjuntos son confidenciales.',
    'Questo messaggio è riservato al destinatario.',
    'CONFIDENTIALITY NOTICE: the contents are for the addressee.',
    'Best regards,\nAnna Berg\nHead of Sales, Example Ltd\n+49 30 1234567',
    'Mit freundlichen Grüßen\n\nAnna Berg\nExample GmbH\nTel. 030 1234567',
  ])('%j is left out', (footer) => expect(ownText(`Yes, please.\n\n${footer}\n`)).toBe('Yes, please.'));
});

describe("a person's own lines stay", () => {
  test.each([
    'Our figures:\n> 50 % of the team like it.\nSo let us talk.',
    'From: 9:00\nTo: 10:00\nwould suit me on Friday.',
    'Two points:\n- price\n- delivery\n\n    const x = 1;\n\nThanks!',
    'The notification was sent from my iPhone app to all users.',
    'Sent from my desk, which is easier than from a phone.',
    'On Monday I wrote:\nwe need a new date.',
    'On this day\n\nI wrote something\n\nwhich was interesting.',
    'As regards the price: fine.\nWith regards to the date, Friday.',
    'Agenda\n----\n1. Price\n2. Date\n\n----\n\nSee you!',
    'Best regards\n\nAnna',
    'Thanks,\nAnna',
    'Please write to anna@example.org by 10:30.\nShe knows.',
    'Subject: to change, the price is 100.\nIs that right?',
    'This email is for you, Tom!',
    'My answers: one = yes.\n=======\nTwo = no.',
    'Name | Price\nA | 1 |\n| B | 2 |',
    'Name: Anna Berg\nEmail: anna@example.org\nPreferred date: 12.03.2026 10:00\nSee you',
    'Date: 12.03.2026 10:00\nSubject: demo\nFine?',
    'As I wrote on 12.03.2026 at 10:30:\nwe want two.',
    'Run this:\n\n$ npm test\n> done\n\nThanks',
  ])('%j', (text) => expect(ownText(text)).toBe(text));
});

const html = async (body: string): Promise<string> =>
  readReplyText(await parseMail(Buffer.from(`From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n<html><body>${body}</body></html>`)));

describe('HTML', () => {
  test.each([
    [
      'Gmail',
      '<div dir="ltr">Yes, please.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">En algún idioma Tom:<br></div><blockquote class="gmail_quote"><p>Hello</p></blockquote></div>',
    ],
    ['Outlook on the web', '<div>Yes, please.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>Xyz:</b> Tom<br><b>Abc:</b> today</div><div>Hello</div>'],
    [
      'Outlook on the desktop',
      '<p class=MsoNormal>Yes, please.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Xyz:</b> Tom</p></div></div><p>Hello</p>',
    ],
    ['Apple', '<div>Yes, please.</div><div><br><blockquote type="cite"><div>On 2 Mar 2026, at 09:00, Tom wrote:</div><div>Hello</div></blockquote></div>'],
    ['Thunderbird', 'Yes, please.<br><div class="moz-cite-prefix">Tom, 02.03.2026:<br></div><blockquote type="cite" cite="mid:x"><p>Hello</p></blockquote>'],
    [
      'Outlook 2003',
      '<p>Yes, please.</p><div class=MsoNormal align=center><hr size=2 width="100%" align=center tabindex=-1></div><p><b>From:</b> Tom [mailto:tom@example.com]<br><b>Sent:</b> Monday, March 2, 2026 9:00 AM<br><b>To:</b> Anna<br><b>Subject:</b> Hi</p><p>Hello</p>',
    ],
    [
      'Windows Mail',
      '<div>Yes, please.</div><div style="padding-top:5px;border-top-color:rgb(229,229,229);border-top-width:1px;border-top-style:solid;"><div><strong>From:</strong> Tom<br><strong>Sent:</strong> Monday, March 2, 2026 9:00 AM<br><strong>To:</strong> Anna</div></div><div>Hello</div>',
    ],
    ['Hey', '<div class="trix-content"><div>Yes, please.</div></div><br><div>On March 2, 2026, Tom &lt;tom@example.com&gt; wrote:</div><blockquote>Hello</blockquote>'],
    ['Front', '<div>Yes, please.</div><br><blockquote type="cite" class="front-blockquote">On Mon, Tom wrote<br>Hello</blockquote>'],
    ['old Gmail', 'Yes, please.<br><br><div><span class="gmail_quote">Xy Tom zz:</span><blockquote class="gmail_quote">Hello</blockquote></div>'],
    ['Zimbra', '<div>Yes, please.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Xx: </b>Tom</div><div data-marker="__QUOTED_TEXT__">Hello</div>'],
    ['Outlook on phones', '<div>Yes, please.</div><div class="ms-outlook-mobile-reference-message skipProofing"><div style="x">From: ...</div>Hello</div>'],
    [
      'Apple with a device footer',
      '<div>Yes, please.<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On Mar 2, 2026, at 9:00 AM, Tom &lt;tom@example.com&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div>Hello</div></blockquote></div>',
    ],
    [
      'Samsung',
      '<div>Yes, please.</div><div id="composer_signature"><div dir="auto">Sent from my Galaxy</div></div><div><br></div><div align="left">-------- Original message --------</div><div>From: Tom &lt;tom@example.com&gt;</div><div>Date: 3/2/26 9:00 AM (GMT+01:00)</div><div>To: anna@example.org</div><div>Subject: Hi</div><div>Hello</div>',
    ],
    [
      'Yahoo with prefixed ids',
      '<div class="ydp1">Yes, please.</div><div id="ydp8yahoo_quoted_123" class="ydp8yahoo_quoted"><div>On Monday, March 2, 2026, 9:00:00 AM GMT+1, Tom &lt;tom@example.com&gt; wrote:</div><div>Hello</div></div>',
    ],
    ['preformatted', '<pre>Yes, please.\n\nOn Mon, Mar 2, 2026 at 9:00 AM Tom &lt;tom@example.com&gt; wrote:\n&gt; Hello</pre>'],
    ['mail.ru', '<p>Yes, please.</p><br>Понедельник, 2 марта 2026, 9:00 +03:00 от Tom &lt;tom@example.com&gt;:<br><blockquote style="border-left:1px solid">Hello</blockquote>'],
    [
      'a Gmail forward with an older quote',
      '<p>Yes, please.</p><div class="gmail_quote"><div dir="ltr">---------- Forwarded message ---------<br>From: Tom<br>Date: x<br>Subject: y<br>To: z<br></div>Hello<blockquote class="gmail_quote">old</blockquote></div>',
    ],
    [
      'Outlook with an older quote',
      '<div id="mail-editor-x">Yes, please.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">Xx: y</div><div>Hello<blockquote type="cite">old</blockquote></div>',
    ],
    ['Gmail with a signature', '<div>Yes, please.</div><div class="gmail_signature">Anna<br>Example Ltd</div><div class="gmail_quote"><blockquote>Hello</blockquote></div>'],
    ['Yahoo', '<div>Yes, please.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>Tom</div><div>Hello</div></div>'],
    ['Proton', '<div>Yes, please.</div><div class="protonmail_quote">On Monday, Tom<br><blockquote class="protonmail_quote" type="cite">Hello</blockquote></div>'],
    ['Outlook for Mac', '<div>Yes, please.</div><span id="OLK_SRC_BODY_SECTION"><div><b>From:</b> Tom</div><div>Hello</div></span>'],
    [
      'between quotes',
      '<div class="gmail_quote"><div class="gmail_attr">On Mon, Mar 2, 2026 at 9:00 AM Tom &lt;t@example.com&gt; wrote:</div><blockquote class="gmail_quote">Shall we?</blockquote><div>Yes, please.</div><blockquote class="gmail_quote">Tom</blockquote></div>',
    ],
  ])('%s', async (_name, body) => expect(await html(body)).toBe('Yes, please.'));

  test('the HTML decides where the text part has no marks', async () => {
    const mail = await parseMail(
      Buffer.from(
        'From: a@example.org\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nYes, please.\n\nTom rakstija\n\nHello\n--b\nContent-Type: text/html\n\n<div>Yes, please.</div><div class="yahoo_quoted">Tom rakstija<div>Hello</div></div>\n--b--\n',
      ),
    );
    expect(readReplyText(mail)).toBe('Yes, please.');
  });
});
