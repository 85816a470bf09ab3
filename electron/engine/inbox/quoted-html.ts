import { convert, type FormatCallback } from 'html-to-text';
import { textCap } from './mail.ts';

/** Stands alone on a line below which everything is quoted. A private-use character: no mail holds it by chance. */
export const quotedBelow = '\uf8ff';

/** Containers that mail programs put around the quoted mail, or in front of it when they leave it open. */
const containers = [
  // Gmail and its heirs; a forwarded mail stands in the same box
  'div.gmail_quote',
  'div.gmail_quote_container',
  'div.gmail_extra > div.gmail_quote',
  // Outlook on the web, on phones and on the desktop
  'div#divRplyFwdMsg',
  'div#appendonsend',
  'div#reply-intro',
  'div#mail-editor-reference-message-container',
  'div.ms-outlook-mobile-reference-message',
  'span#OLK_SRC_BODY_SECTION',
  'div#OLK_SRC_BODY_SECTION',
  'hr#stopSpelling',
  'div#x_divRplyFwdMsg',
  'div#x_appendonsend',
  // Thunderbird, Apple, Yahoo, Proton, Tuta, Zoho, GMX, mail.ru, QQ, Naver and others
  'div.moz-email-headers-table',
  'div.moz-forward-container',
  'div.yahoo_quoted',
  'div[id^=yahoo_quoted]',
  'hr#zwchr',
  'div[data-marker=__QUOTED_TEXT__]',
  'div.front-blockquote',
  'div.OutlookMessageHeader',
  'div.yahoo-quoted-begin',
  'div.protonmail_quote',
  'div.tutanota_quote',
  'blockquote.tutanota_quote',
  'div.zmail_extra',
  'div.zmail_extra_hr',
  'div.gmx_quote',
  'div.hm_quote',
  'div.mailbird_quote',
  'div#mailbird_quote',
  'div.mail_android_quote',
  'div.spark_quote',
  'div[name=quote]',
  'div.wlmailquote',
  'div.quoted-text',
  'div#isForwardContent',
  'div#isReplyContent',
  'div#origbody',
  'div.aol_quote',
  'div#sentby',
  'div.x_gmail_quote',
  'div.front-quote',
  'div.missive_quote',
  'div.freebirdMailQuote',
  'div#mail_quote_header',
];

/** Only the line that introduces a quote; the quote itself follows. */
const introductions = [
  'div.moz-cite-prefix',
  'div.gmail_attr',
  'div.quote-header',
  'div.replyHeader',
  'div.reply_header',
  'p.gmail_attr',
  'span.gmail_quote',
  'div.gmail_quote_attribution',
];

const signatures = [
  'div.gmail_signature',
  'div.moz-signature',
  'pre.moz-signature',
  'div#Signature',
  'div#ms-outlook-mobile-signature',
  'div.protonmail_signature_block',
  'div#AppleMailSignature',
  'div[id^=ymail_android_signature]',
  'div.x_gmail_signature',
  'div.tutanota_signature',
  'div.yahoo_signature',
];

const asSignature: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addLiteral('-- \n');
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/** Longest introduction of a quote inside its container, lines. */
const longestIntroduction = 3;

/** What stands above the first quote of a container introduces it; more, or no quote at all, means that all of it is quoted. */
function containerText(text: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith('> '));
  const introduction = lines.slice(0, first === -1 ? 0 : first);
  if (first === -1 || introduction.filter((line) => line.trim() !== '').length > longestIntroduction) return `${quotedBelow}\n${text}`;
  return [...introduction.map((line) => `> ${line}`), ...lines.slice(first)].join('\n');
}

const asQuote: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2, reservedLineLength: 2 });
  walk(element.children, builder);
  builder.closeBlock({
    trailingLineBreaks: 2,
    blockTransform: (text) =>
      text
        .trim()
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n'),
  });
};

/** A container holds quotes and, where somebody answered inside, their words outside of `blockquote`. */
const asContainer: FormatCallback = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2, blockTransform: containerText });
};

/** Outlook draws a line above the headers of the quoted mail. */
const asBlock: FormatCallback = (element, walk, builder) => {
  const style = (element.attribs as Record<string, string> | undefined)?.['style'] ?? '';
  const ruled = /border:\s*none;\s*border-top:\s*solid\s+#?[a-z0-9]+\s+1/i.test(style.slice(0, 300));
  builder.openBlock({ leadingLineBreaks: 1 });
  if (ruled) builder.addLiteral(`${quotedBelow}\n`);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
};

/**
 * The text of an HTML body with its quotes marked as in plain mail: `>` before quoted lines, `quotedBelow` where a program
 * says that all the rest is quoted.
 */
export function htmlToMarkedText(html: string): string {
  return convert(html.replaceAll(quotedBelow, ''), {
    wordwrap: false,
    limits: { maxInputLength: textCap, maxDepth: 60, maxChildNodes: 5000 },
    formatters: { asQuote, asContainer, asSignature, asBlock },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'p', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'div', format: 'asBlock' },
      { selector: 'blockquote', format: 'asQuote' },
      ...introductions.map((selector) => ({ selector, format: 'asQuote' })),
      ...signatures.map((selector) => ({ selector, format: 'asSignature' })),
      ...containers.map((selector) => ({ selector, format: 'asContainer' })),
    ],
  });
}
