import type { InboundMail } from './mail.ts';

export interface Delegate {
  /** Empty when only an address is given. */
  readonly name: string;
  readonly address: string;
}

const address = /[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6}/giu;
/** Names of one to four capitalised words; small words inside them as in "van der Berg". */
const personName = /(?:\p{Lu}[\p{L}'’.-]{0,30}\s){0,2}(?:(?:van|von|de|der|den|da|di|del|la|le|el|ten|ter|zu|bin|al)\s){0,3}\p{Lu}[\p{L}'’-]{1,30}$/u;
const before = /(?:[\s(<[（【:：,、;–-]|\b(?:at|unter|via|per|by|e-?mail|mail|mailto|to|an|à|por|al|a|op|på|pod|na|onder|em|en|in|bei|hos|u|w|zu)\b){0,8}$/iu;
/** A name in a script without blanks or capitals: the last word, behind "colleague" or "contact", and no verb or particle of a sentence. */
const unspacedWord = /(?:^|[\s。、，,.])((?:\p{Script=Han}|\p{Script=Hangul}|\p{Script=Katakana}){2,12}?)(?:さん|様|氏|先生|女士|님)?$/u;
const unspacedLead = /^.*(?:同事|联系|聯繫|联络|聯絡|经理|經理|主管|同僚)/u;
const noUnspacedName = /^.?$|.{6}|[请請]|[은는을를에로께]$/u;

function unspacedNameBefore(text: string): string {
  const name = (unspacedWord.exec(text)?.[1] ?? '').replace(unspacedLead, '');
  return noUnspacedName.test(name) ? '' : name;
}

/** Words that begin a sentence or a field and are nobody's name. */
const noName =
  /^(please|bitte|contact|email|e-mail|mail|call|kontakt\w{0,6}|contacter|contactez|contacte|contattare|veuillez|favor|merci|prosz\p{L}*|prosím|lütfen|mr|mrs|ms|dr|prof|herrn?|frau|madame|monsieur|mme|señora?|sra?|signora?|sig|mevrouw|meneer|pani?|kind\w*|best|regards|hello|hi|dear|thank|thanks|the|my|our|i|in|for|if|you|or|and|und|oder|ou|et|y|o|e|colleague|kollege\w*|kollegin|team|support|service|office|sales|info|tel|phone|mobile|fax)$/iu;

/**
 * Whom a note of absence (or a referral) names instead of its sender: the first address in the person's own words that is
 * neither theirs nor ours, with the name before it. Null when none is named.
 */
export function readDelegate(mail: InboundMail, ownText: string): Delegate | null {
  const others = new Set([mail.from.address, ...mail.to.map((to) => to.address)]);
  const text = ownText.slice(0, 4000).replace(/<mailto:[^<>\s]{1,330}>/gi, ' ');
  for (const match of text.matchAll(address)) {
    const found = match[0].toLowerCase().replace(/^[.'`]+|[.'`-]+$/g, '');
    if (others.has(found) || /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster|unsubscribe)/.test(found)) continue;
    return { name: nameBefore(text.slice(Math.max(0, match.index - 120), match.index)), address: found };
  }
  return null;
}

function nameBefore(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(before, '');
  const words = (personName.exec(line)?.[0] ?? '').split(' ');
  while (words.length > 0 && noName.test((words[0] ?? '').replace(/[.,:]$/, ''))) words.shift();
  const name = words.join(' ').trim();
  if (name === '') return unspacedNameBefore(line);
  return noName.test(name) ? '' : name;
}
