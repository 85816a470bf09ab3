import { headerOf, type InboundMail } from './mail.ts';

export interface AutoReply {
  readonly kind: 'out_of_office' | 'auto_acknowledgement';
  readonly source: 'header' | 'pattern';
  readonly confidence: number;
}

/** "I am away", as people write it: English, German, French, Spanish, Italian, Dutch, Portuguese, Polish and neighbours. */
const away: readonly RegExp[] = [
  /\b(i am|i'm|i will be|i'll be|is|are|currently|we are|am) (currently |presently |now )?(out of (the |my )?office|away (from|on|until)|on (annual |parental |maternity |paternity |sick |medical )?(leave|vacation|holidays?)|travell?ing|not in the office)/i,
  /\bout of (the )?office\b|\booo\b|\bon (annual |maternity |parental )?leave (until|from|till)|away from (my )?(desk|e?-?mail|the office)|limited access to (my )?e?-?mails?|will (be back|return) (in the office |to the office )?(on|in)\b/i,
  /abwesen(d|heit)|nicht im (b(ü|ue)ro|haus)|im urlaub|au(ß|ss)er haus|wieder (im b(ü|ue)ro|erreichbar|da\b|für sie da)|in elternzeit|mutterschutz/i,
  /absen(t|ce)e? du bureau|je suis (actuellement )?(absente?|en (congés?|vacances|déplacement))|absente? (jusqu|du|de mon)|en congés? jusqu|de retour le|ne suis pas (au bureau|disponible)|réponse automatique.{0,30}absence/i,
  /fuera de (la |mi )?oficina|estoy (ausente|de vacaciones|fuera)|ausente (hasta|del)|de vacaciones hasta|estar(é|e) (ausente|fuera|de vuelta)/i,
  /fuori (sede|ufficio)|sono (assente|in ferie|fuori)|assente (fino|dal)|in ferie (fino|dal)|assenza dall'ufficio/i,
  /afwezig|niet (op kantoor|aanwezig)|met (vakantie|verlof)|op vakantie|buiten kantoor/i,
  /fora do escrit(ó|o)rio|estou (ausente|de férias|fora)|ausente (até|do)|ausência (temporária|do escritório)|de férias até/i,
  /poza biurem|jestem (nieobecn|na urlopie)|nieobecno(ś|s)(ć|c)|na urlopie|nieobecn[ay] (do|w)/i,
  /(frånvaro|frånvarande|på semester|fraværende|fravær|på ferie|ikke til stede|ikke på kontoret|poissa|lomalla|nejsem v kanceláři|mimo kancelář|nepřítom|na dovolené|mimo kancelárie|ofis dışında|izinde|távol|szabadságon|в отпуске|нет на работе|вне офиса|извън офиса|в отпуск|atostog|nesu biure|prombūtn|atvaļinājum|休暇|不在|외출|부재|휴가|不在办公室|休假)/iu,
];

const awaySubject =
  /out of (the )?office|\booo\b|abwesenheit|absence (du bureau|automatique)|absence\b|fuera de (la )?oficina|fuori (ufficio|sede)|afwezig|ausência|fora do escrit|nieobecno|poza biurem|frånvaro|fravær|poissaolo|nepřítomnost|neprítomnos|távollét|отсутств|отпуск|atostog|prombut|prombūt|dovolenk|ofis dışında|vacation|holiday|on leave|away (from|until)|urlaub|en congés?|de vacaciones|in ferie|vakantie|de férias|urlop|izin|不在|휴가|休假/iu;
const autoSubject =
  /^(\[?auto[- ]?generated\]?|auto(matic|mated|matische|matyczna|mática|matica|matique)?[- :]*(re(ply|sponse|sponder)?|antwort|antwoord|r[ée]ponse|respuesta|risposta|resposta|odpowied(ź|z)|svar|vastaus)\b|automatic reply|auto:|autoreply|auto-?response|automatisch(e|es)? (antwort|antwoord|afwezig)|réponse automatique|respuesta automática|risposta automatica|resposta automática|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automatická odpověď|automatinis atsakymas|автоматический ответ|автоматичен отговор|自動応答|自動返信|자동 회신|自动回复|otomatik yanıt|automatikus válasz)/iu;
const acknowledgementText =
  /(this is an? (automated|automatic|auto-generated) (message|e?-?mail|reply|response|acknowledge?ment)|(we|i) (have )?received your (message|e?-?mail|request|enquiry|inquiry)|your (message|request|ticket|enquiry|inquiry|e?-?mail) (has been|was) (received|created|assigned|opened)|thank you for (contacting|your (message|e?-?mail|enquiry|inquiry|interest|request)).{0,200}(as soon as|within|shortly|get back|ticket|business days)|do not reply to this (message|e?-?mail)|ihre (nachricht|anfrage|e-?mail) (ist|wurde|haben wir).{0,40}(eingegangen|erhalten)|automatisch (generierte|erstellte|erzeugte)|ticket ?(#|number|id|nr))/i;
const leftText =
  /no longer (work|employed|with|at|valid|in use|monitored|active)|has left|have left (the company|my position)|this (mailbox|address|account) is (no longer|not) (monitored|used|active)|nicht mehr (für|bei|im unternehmen)|ne travaille plus|ya no trabajo|non lavoro più/i;
const challengeText =
  /(confirm|verify) (that )?(you('re| are)|your) .{0,60}(human|message|address|delivery)|sender verification|please click .{0,60}(deliver|approve)|waiting for (your )?(approval|verification)/i;

/**
 * Recognises automatic answers: RFC 3834 first (Auto-Submitted, any value but `no`), then the older headers that servers
 * really set, then subject and words. A mail that says nothing automatic is a person's.
 */
export function readAutoReply(mail: InboundMail, ownText: string): AutoReply | null {
  const text = `${mail.subject}\n${ownText === '' ? mail.text.slice(0, 4000) : ownText.slice(0, 4000)}`.replace(/[‘’]/g, "'");
  const isAway = awaySubject.test(mail.subject) || away.some((pattern) => pattern.test(text));
  const kind = isAway ? 'out_of_office' : 'auto_acknowledgement';
  if (hasAutoHeader(mail)) return { kind, source: 'header', confidence: isAway ? 0.98 : 0.95 };
  if (autoSubject.test(mail.subject.replace(/^((re|aw|fwd?|wg|sv|tr)\s*:\s*)+/i, ''))) return { kind, source: 'pattern', confidence: 0.92 };
  // Without any header a person may write about their holiday in a real answer: then it stands in the thread and is not about absence alone.
  const first = ownText.slice(0, 1500);
  if (awaySubject.test(mail.subject) && !/^(re|aw|sv|antw|rif|odp)\s*:/i.test(mail.subject)) return { kind: 'out_of_office', source: 'pattern', confidence: 0.85 };
  if (
    !asksOrAnswers(first) &&
    away.slice(0, 9).some((pattern) => pattern.test(first)) &&
    /(until|till|bis|jusqu|hasta|fino|tot|até|do dnia|return|back|zurück|wieder|urgent|dringend|contact|wenden|contacter|contacte|contatt|contact opnemen|w pilnych)/i.test(
      first,
    ) &&
    first.length < 1200 &&
    /(thank(s| you) for (your|the) (e-?mail|message)|vielen dank für ihre|merci (de|pour) votre|gracias por (su|tu)|grazie per|bedankt voor|obrigad|dziękuję za|your e-?mail|ihre (nachricht|e-?mail)|i am currently|i'm currently|ich bin (derzeit|zurzeit|momentan|aktuell)?)/i.test(
      first,
    )
  ) {
    return { kind: 'out_of_office', source: 'pattern', confidence: 0.7 };
  }
  if (challengeText.test(text) && /(verif|confirm|approv)/i.test(mail.subject)) return { kind: 'auto_acknowledgement', source: 'pattern', confidence: 0.75 };
  if (mail.inReplyTo.length === 0 && acknowledgementText.test(text) && /^(no-?reply|do-?not-?reply|noreply|support|helpdesk|service|info|ticket)/i.test(mail.from.address))
    return { kind: 'auto_acknowledgement', source: 'pattern', confidence: 0.75 };
  if (leftText.test(first) && acknowledgementText.test(text)) return { kind: 'auto_acknowledgement', source: 'pattern', confidence: 0.7 };
  return null;
}

function asksOrAnswers(text: string): boolean {
  return /\?|let'?s (talk|meet|speak|catch)|interested|call me|schedule|interessiert|intéress|sounds (good|great)|melden sie sich gern/i.test(text);
}

/** Headers that only automatic senders set. `Precedence: bulk` alone also stands on newsletters and lists, so it needs a null return path or an automatic subject. */
export function hasAutoHeader(mail: InboundMail): boolean {
  const submitted = headerOf(mail, 'auto-submitted').toLowerCase();
  if (submitted !== '' && !submitted.startsWith('no')) return true;
  if (mail.headers.has('x-autoreply') && headerOf(mail, 'x-autoreply').toLowerCase() !== 'no') return true;
  for (const name of [
    'x-autorespond',
    'x-autoresponder',
    'x-auto-reply-from',
    'x-mail-autoreply',
    'x-autogenerated',
    'x-autorespond-to',
    'x-fc-machinegenerated',
    'x-ms-exchange-generated-message-source',
    'x-amazon-auto-reply',
    'x-post-messageclass',
  ])
    if (mail.headers.has(name)) return true;
  const precedence = `${headerOf(mail, 'precedence')} ${headerOf(mail, 'x-precedence')}`.toLowerCase();
  if (/auto[-_]?reply/.test(precedence)) return true;
  const nullPath = /^<\s*>$/.test(headerOf(mail, 'return-path'));
  if (nullPath && /bulk|junk|list/.test(precedence)) return true;
  // Exchange sets it on its own automatic mail; clients may set it on a person's, then without the automatic subject.
  const suppress = headerOf(mail, 'x-auto-response-suppress').toLowerCase();
  if (/\ball\b|oof|autoreply/.test(suppress) && (autoSubject.test(mail.subject) || awaySubject.test(mail.subject) || nullPath)) return true;
  return /vacation|autorespon/i.test(headerOf(mail, 'x-mailer'));
}
