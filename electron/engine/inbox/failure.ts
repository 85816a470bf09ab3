import table from '../../../resources/bounce-phrases.json' with { type: 'json' };
import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import { classifyAnswer } from '../delivery/index.ts';
import { fold, phrases } from './words.ts';

/** hard = the address or host is permanently no good; soft = this time; block = about the sender; none = delivered after all. */
export type BounceKind = 'hard' | 'soft' | 'block' | 'none';

export interface Failure {
  readonly kind: BounceKind;
  readonly class: AnswerClass;
  /** Time ran out before any server refused the address: nothing was learnt about it. */
  readonly expired: boolean;
}

const { causes, powermta } = table;
const full = phrases(causes.mailbox_full);
const hostUnknown = phrases(causes.host_unknown);
const moved = phrases(causes.moved);
const userUnknown = phrases(causes.unknown_user);
const disabled = phrases(causes.disabled);
const timeOut = phrases(causes.timeout);
const connection = phrases(causes.connection);
const system = phrases(causes.system);
const tooBig = phrases(causes.too_big);
const rate = phrases(causes.rate);
const policy = phrases(causes.policy);
const senderSide = phrases(causes.sender_side);

const temporary: Failure = { kind: 'soft', class: 'temporary', expired: false };

/** The first of several texts, best evidence first, that says something; the last one where none does. */
export function judgeFirst(status: string | null, texts: readonly string[], category = ''): Failure {
  let failure: Failure = { ...temporary, class: 'other' };
  for (const text of texts) {
    failure = judgeFailure(status, text, category);
    if (failure.class !== 'other') break;
  }
  // "Host unknown" for hours is trouble with names: the notice as a whole says that time ran out.
  const whole = failure.kind === 'hard' ? judgeFailure(status, texts.at(-1) ?? '', category) : failure;
  return whole.expired ? whole : failure;
}

/** Longest diagnostic that is read, characters. */
const readCap = 4000;

/** Addresses and links can spell any word; "automatically generated" holds a "rate". */
function readable(diagnostic: string): string {
  return (
    fold(diagnostic.slice(0, readCap))
      .replace(/<?[^\s<>,;:()"']{1,64}@[^\s<>,;:()"']{1,255}>?/g, '<>')
      .replace(/\bhttps?:\S{0,500}/g, (link) => /spamhaus|spamcop|sorbs|barracudacentral|abusix|uceprotect/.exec(link)?.[0] ?? '')
      .replace(/automatically generated|generated automatically|auto-?generated/g, '')
      // Scanners sign whatever passes them.
      .replace(/(has been|was|been|ha sido|wurde|a ete) (virus ?)?(scanned|checked|swept|analizado|verified|gepruft|verifie|analyse)[^.]{0,200}/g, '')
  );
}

/**
 * What one recipient's failure means. Wording beats the code both ways (DESIGN section 6): "user unknown" behind a
 * 5.7.1 is a bad address, sender-side wording behind a 5.1.x is not. `category` is PowerMTA's own word for it.
 */
export function judgeFailure(status: string | null, diagnostic: string, category = ''): Failure {
  const text = readable(diagnostic);
  const said = /(?:^|[^\d.])([45]\d\d)(?=[ -]|$)/.exec(text)?.[1];
  const written = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? null;
  const enhanced = written ?? status;
  const code = said === undefined ? (enhanced?.startsWith('4') === true ? 450 : 550) : Number(said);
  // A server's own 5xx with its own 5.x.x outweighs the summary that a relay made of it.
  const permanent = code >= 500 && (written ?? status)?.startsWith('4') !== true;
  const detail = enhanced?.slice(2) ?? '';
  const veto = senderSide.test(text);
  const badAddress = (): Failure => (permanent ? { kind: 'hard', class: 'unknown_recipient', expired: false } : temporary);

  if ((full.test(text) && !/(sending|daily|hourly|message) (limit|quota)/.test(text)) || (detail === '2.2' && !veto && !disabled.test(text)))
    return { kind: 'soft', class: 'mailbox_full', expired: false };
  const unknown = moved.test(text) || userUnknown.test(text);
  // A host that stayed unknown for hours is trouble with names as likely as a wrong address.
  if (!veto && !unknown && timeOut.test(text)) return { ...temporary, expired: true };
  if (!veto && hostUnknown.test(text)) return badAddress();
  const live = classifyAnswer({ code, enhanced, text: text.replace(/^\s*[45]\d\d[ -]/, '') });
  const plainAddress = detail === '1.1' || detail === '1.10';
  if (!veto && unknown) return disabled.test(text) && !plainAddress && !moved.test(text) ? { ...temporary, class: 'mailbox_disabled' } : badAddress();
  // A bare code without a word about the address yields to words about something else.
  const otherwise = rate.test(text) || tooBig.test(text) || /spam|polic(y|ies)|block|black|virus|content|restrict|reject(ed)? due|greylist/.test(text);
  if (!veto && !otherwise && (plainAddress || live.class === 'unknown_recipient')) return badAddress();
  if (!veto && disabled.test(text)) return { ...temporary, class: 'mailbox_disabled' };
  if ((tooBig.test(text) && !veto) || detail === '3.4' || detail === '2.3') return { ...temporary, class: 'message_too_big' };
  if (rate.test(text)) return { ...temporary, class: 'rate_limit' };
  const stern = policy.test(text);
  if ((system.test(text) || detail === '4.6') && !veto) return temporary;
  if (veto && live.class !== 'greylist') {
    const named = live.class === 'auth' || live.class === 'sender_refused' || live.class === 'relay_denied' || live.class === 'smtp_login' ? live.class : 'policy_block';
    return { kind: 'block', class: named, expired: false };
  }
  switch (live.class) {
    case 'mailbox_disabled':
      // A bare refusal that names a mailbox; the tables above know the plain words for it.
      break;
    case 'mailbox_full':
    case 'message_too_big':
    case 'rate_limit':
    case 'greylist':
      return { ...temporary, class: live.class };
    case 'temporary':
      return temporary;
    case 'policy_block':
    case 'auth':
    case 'sender_refused':
    case 'relay_denied':
    case 'smtp_login':
      return connection.test(text) && !stern ? temporary : { kind: 'block', class: live.class, expired: false };
    case 'protocol':
      return { kind: 'block', class: 'protocol', expired: false };
    case 'unknown_recipient':
    case 'other':
      break;
  }
  if (stern) return { kind: 'block', class: 'policy_block', expired: false };
  if (connection.test(text) || detail === '4.7' || detail === '4.1') return { ...temporary, expired: detail === '4.7' };
  if ((detail === '4.4' || detail === '1.2') && permanent) return badAddress();
  const named = (Object.keys(powermta) as (keyof typeof powermta)[]).find((kind) => powermta[kind].includes(category.toLowerCase()));
  if (named === 'hard') return badAddress();
  if (named === 'block') return { kind: 'block', class: 'policy_block', expired: false };
  return { ...temporary, class: 'other' };
}
