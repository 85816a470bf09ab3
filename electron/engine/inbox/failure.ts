import table from '../../../resources/bounce-phrases.json' with { type: 'json' };
import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import { classifyDiagnostic } from '../delivery/index.ts';
import { fold } from '../lib/fold.ts';
import { phrases } from './words.ts';

/** hard = the address or host is permanently no good; soft = this time; block = about the sender; none = delivered after all. */
export type BounceKind = 'hard' | 'soft' | 'block' | 'none';

export interface Failure {
  readonly kind: BounceKind;
  readonly class: AnswerClass;
  /** Time ran out before any server refused the address: nothing was learnt about it. */
  readonly expired: boolean;
}

const { powermta } = table;
const timeOut = phrases(table.timeout);

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
      // In which phase it was said is no part of what was said.
      .replace(/\(?\b(in reply to|in response to|after|following)( the| end of)? .{0,30}\bcommand\b\)?/g, '')
      // Scanners sign whatever passes them.
      .replace(/(has been|was|been|ha sido|wurde|a ete) (virus ?)?(scanned|checked|swept|analizado|verified|gepruft|verifie|analyse)[^.]{0,200}/g, '')
  );
}

/**
 * What one recipient's failure means: the verdict on the answer that it quotes, as one on a bounce. A host that stayed
 * unknown for hours is trouble with names as likely as a wrong address. `category` is PowerMTA's own word for it.
 */
export function judgeFailure(status: string | null, diagnostic: string, category = ''): Failure {
  const text = readable(diagnostic);
  const verdict = classifyDiagnostic(status, text);
  const name = verdict.class;
  switch (name) {
    case 'unknown_recipient':
      if (verdict.suppress) return { kind: 'hard', class: name, expired: false };
      return verdict.permanent ? { kind: 'block', class: 'policy_block', expired: false } : temporary;
    case 'policy_block':
    case 'auth':
    case 'sender_refused':
    case 'relay_denied':
    case 'smtp_login':
    case 'protocol':
      return { kind: 'block', class: name, expired: false };
    case 'temporary':
      return { ...temporary, expired: timeOut.test(text) || (/\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0] ?? status ?? '').slice(1) === '.4.7' };
    case 'other':
      return named(category, verdict.permanent) ?? { ...temporary, class: name };
    case 'mailbox_full':
    case 'mailbox_disabled':
    case 'rate_limit':
    case 'greylist':
    case 'message_too_big':
      return { ...temporary, class: name };
  }
}

function named(category: string, permanent: boolean): Failure | null {
  const kind = (Object.keys(powermta) as (keyof typeof powermta)[]).find((each) => powermta[each].includes(category.toLowerCase()));
  if (kind === 'hard') return permanent ? { kind, class: 'unknown_recipient', expired: false } : temporary;
  return kind === 'block' ? { kind, class: 'policy_block', expired: false } : null;
}
