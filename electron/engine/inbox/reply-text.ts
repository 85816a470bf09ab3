import { htmlToPlain, type InboundMail } from './mail.ts';

/** Where a quoted message begins on one line: everything from there on is not the person's own. */
const quoteStart: readonly RegExp[] = [
  /^-{2,}\s*(original message|original appointment|forwarded message|urspr(ü|ue)ngliche nachricht|weitergeleitete nachricht|message (d'origine|original|transféré)|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|wiadomo(ś|s)(ć|c) oryginalna|original[- ]?nachricht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|исходное сообщение)\s*-{0,}\s*:?$/i,
  /^_{10,}$/,
  /^-{3,}\s*(reply|respond|antwort).{0,20}above this line.*$/i,
  /^(am|on|le|el|il|op|em|dnia|w dniu|den|på|pe|vào|a)\b.{3,200}(wrote|schrieb|geschrieben|a écrit|escribió|ha scritto|schreef|escreveu|napisa(ł|l)(\(?a?\)?)?|pisze|skrev|skrifaði|kirjoitti|napsal|<[^<>\s]+@[^<>\s]+>)\s*:?\s*$/iu,
  /^.{0,120}(<[^<>\s]+@[^<>\s]+>|\b\d{1,2}[:.]\d{2}\b).{0,60}(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisa(ł|l)(\(?a?\)?)?|skrev|пишет|написал\(?а?\)?|写道|のメール)\s*:?\s*$/iu,
  /^(?=.*(\b\d{4}\b|\b\d{1,2}[:.]\d{2}\b)).{0,160}\b(wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|пользователь)\b.{0,120}:\s*$/iu,
  /^(?=.*\b\d{1,2}[:.]\d{2}\b).{5,160}<[^<>]+@[^<>]+>\s*:$/u,
  /^-{2,}\s*(on|am|le)\b.{5,200}(wrote|schrieb|a écrit)\s*:?\s*-{2,}$/i,
  /^(begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|début du message (réexpédié|transféré))\s*:?$/i,
  /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.{0,80}<[^<>\s]+@[^<>\s]+>\s*:?$/,
  /^\s*(in a message dated|quoting|zitat von|citando|citation de)\b.{3,160}[:,]?$/i,
];

// A header block as Outlook and others write it above the quoted mail: From, then at least one of Sent, To, Subject.
const fromLine = /^\*{0,2}(from|von|de|da|van|od|från|fra|от|发件人|差出人)\*{0,2}\s*:\*{0,2}\s*\S/iu;
const otherHeader =
  /^\*{0,2}(sent|gesendet|datum|date|envoyé|enviado( el)?|inviato|verzonden|data|wysłano|skickat|sendt|to|an|à|para|a|aan|do|till|til|cc|subject|betreff|objet|asunto|oggetto|onderwerp|assunto|temat|ämne|emne|кому|тема|дата|发送时间|主题|件名)\*{0,2}\s*:/iu;

const signatureStart: readonly RegExp[] = [
  /^-- ?$/,
  /^_{2,5}$/,
  /^(sent|get|gesendet|von meinem|envoyé|enviado|inviato|verzonden|wysłano|skickat|sendt|lähetetty)\b.{0,12}\b(from|outlook for|von|mit|iphone|ipad|android|handy|samsung|mobile|de mon|depuis|desde|da|dal|vanaf|met|z|från|fra|min|minun)\b.{0,60}$/i,
  /^get outlook for (ios|android).*$/i,
];

/**
 * What the person wrote: without the quoted mail, quote headers and signature separators. Empty when
 * there is nothing of their own.
 */
export function ownText(text: string): string {
  const lines = text
    .replace(/\r\n?/g, '\n')
    .replace(/\u00a0/g, ' ')
    .split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trimEnd();
    if (startsQuote(lines, at)) {
      // Answers below or between quotes go on; a forwarded or full quote runs to the end.
      const rest = afterQuoted(lines, at);
      if (rest === null) break;
      at = rest - 1;
      continue;
    }
    if (/^\s*[>|]/.test(line)) continue;
    if (signatureStart.some((pattern) => pattern.test(line.trim()))) {
      const later = lines.slice(at + 1).some((after, index) => /^\s*>/.test(after) && lines.slice(at + 2 + index).some((own) => own.trim() !== '' && !/^\s*>/.test(own)));
      if (!later) break;
      continue;
    }
    kept.push(line);
  }
  return kept
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function startsQuote(lines: readonly string[], at: number): boolean {
  const line = (lines[at] ?? '').trim();
  if (line === '') return false;
  // "On Mon, … <anna@example.com>" and "wrote:" are often broken over two or three lines.
  const joined = [line, `${line} ${(lines[at + 1] ?? '').trim()}`, `${line} ${(lines[at + 1] ?? '').trim()} ${(lines[at + 2] ?? '').trim()}`];
  if (quoteStart.some((pattern) => pattern.test(line))) return true;
  if (
    /^(am|on|le|el|il|op|em|dnia|w dniu|den|på)\b/i.test(line) &&
    !/[.!?]$/.test(line) &&
    joined.slice(1).some((candidate) => quoteStart.slice(3, 5).some((pattern) => pattern.test(candidate)))
  )
    return true;
  if (/^-{10,}$/.test(line)) return lines.slice(at + 1, at + 3).some((next) => fromLine.test(next.trim()) || otherHeader.test(next.trim()));
  if (fromLine.test(line) || /^\*{0,2}(date|datum)\*{0,2}\s*:\s*\S/i.test(line)) return lines.slice(at + 1, at + 6).some((next) => otherHeader.test(next.trim()));
  return false;
}

/** Index of the first line after a `>` block that follows an attribution line, null when the quote runs to the end. */
function afterQuoted(lines: readonly string[], at: number): number | null {
  let index = at + 1;
  for (let header = 0; header < 3 && index < lines.length && !/^\s*>/.test(lines[index] ?? ''); header += 1) index += 1;
  if (!/^\s*>/.test(lines[index] ?? '')) return null;
  while (index < lines.length && (/^\s*>/.test(lines[index] ?? '') || (lines[index] ?? '').trim() === '')) index += 1;
  return index < lines.length ? index : null;
}

/** Containers in which clients put the quoted mail. */
const quoteContainers: readonly RegExp[] = [
  /<div[^>]+class="?[^">]*gmail_quote(?!_attribution)[^>]*>/i,
  /<div[^>]+id="?(divRplyFwdMsg|appendonsend|reply-intro|mail-editor-reference-message-container|stopSpelling|x_divRplyFwdMsg|OLK_SRC_BODY_SECTION)"?[^>]*>/i,
  /<blockquote[^>]+type="?cite"?[^>]*>/i,
  /<div[^>]+class="?[^">]*(yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote|gmx_quote|zmail_extra|quote-header|hm_quote)[^>]*>/i,
  /<(div|p)[^>]+style="[^"]*border:\s*none;\s*border-top:\s*solid\s*#?[a-z0-9]+\s*1[^"]*"[^>]*>/i,
  /<blockquote[^>]+class="?[^">]*(gmail_quote|protonmail_quote|tutanota_quote)[^>]*>/i,
];

function withoutQuotedHtml(html: string): string {
  const cuts = quoteContainers.map((pattern) => html.search(pattern)).filter((at) => at >= 0);
  return cuts.length === 0 ? html : html.slice(0, Math.min(...cuts));
}

/** The person's own words of a message, from its text part, else from its HTML. */
export function readReplyText(mail: InboundMail): string {
  const fromText = mail.html === null || mail.text.trim() !== '' ? ownText(mail.text) : '';
  if (fromText !== '' || mail.html === null) return fromText;
  return ownText(htmlToPlain(withoutQuotedHtml(mail.html)));
}

/** The first words, for a list. */
export function snippetOf(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  return flat.length <= 160 ? flat : `${flat.slice(0, 159)}…`;
}
