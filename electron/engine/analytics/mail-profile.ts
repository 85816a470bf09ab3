import offerWords from '../../../resources/offer-words.json' with { type: 'json' };
import copyWords from '../../../resources/copy-words.json' with { type: 'json' };
import { offerKinds, type Comparison, type MailProfile, type Side } from '../../../shared/schemas/comparison.ts';
import { tellingTerms } from '../lib/terms.ts';

/** A mail as its reader sees it. */
export interface ReadMail {
  readonly subject: string;
  readonly text: string;
}

export interface ReadSide {
  readonly mails: readonly ReadMail[];
  /** Days from each mail to the next one, where they are known. */
  readonly gapsDays: readonly number[];
}

const edge = { before: '(?<![\\p{L}\\d])', after: '(?![\\p{L}\\d])' };
const offers = offerKinds.map((kind) => ({ kind, pattern: new RegExp(`${edge.before}(?:${offerWords[kind].join('|')})${edge.after}`, 'iu') }));
// Prices begin and end with signs that no word edge fits.
const price = new RegExp(offerWords.price.join('|'), 'iu');
const bulkPhrases = Object.values(copyWords.bulkPhrases).flat();
const link = /https?:\/\/\S+|www\.\S+/giu;
const you = /(?<![\p{L}])(you|your|yours|du|dein\p{L}*|dir|dich|ihnen|ihr|ihre[mnrs]?|sie|vous|votre|vos|usted|su|sus|tu|tus)(?![\p{L}])/giu;
const we = /(?<![\p{L}])(we|our|ours|us|i|my|me|wir|unser\p{L}*|uns|ich|mein\p{L}*|mir|mich|nous|notre|nos|je|mon|nosotros|nuestr\p{L}+|yo|mi)(?![\p{L}])/giu;
/** What a keyword has to stand in: single uses are chance. */
const minimumMails = 2;
const keywords = 12;
/** A figure of one side has to be this many times that of the other, so that it is called different. */
const clearly = 1.3;

/** What can be told of a mail without understanding it. Pure. */
export function profileMail({ subject, text }: ReadMail): MailProfile {
  const body = withoutFooter(text);
  const plain = body.replace(link, ' ');
  const words = plain.match(/[\p{L}\d][\p{L}\d'’.,-]*/gu) ?? [];
  const sentences = plain.split(/(?<=[.!?…])\s+|\n{2,}/u).filter((part) => /[\p{L}]/u.test(part));
  const [yous, wes] = [plain.match(you)?.length ?? 0, plain.match(we)?.length ?? 0];
  const whole = `${subject}\n${body}`;
  const lower = whole.toLowerCase();
  return {
    subject,
    subjectLength: subject.length,
    words: words.length,
    wordsPerSentence: sentences.length === 0 ? 0 : words.length / sentences.length,
    paragraphs: plain.split(/\n\s*\n/).filter((part) => part.trim() !== '').length,
    links: body.match(link)?.length ?? 0,
    questions: sentences.filter((sentence) => /\?\s*$/.test(sentence)).length,
    exclamations: (whole.match(/!/g) ?? []).length,
    call: callOf(body),
    aboutYou: yous + wes === 0 ? null : yous / (yous + wes),
    offers: offers.flatMap(({ kind, pattern }) => {
      const found = (kind === 'price' ? price : pattern).exec(whole);
      return found === null ? [] : [{ kind, quote: around(whole, found.index, found[0].length) }];
    }),
    bulkPhrases: bulkPhrases.filter((phrase) => new RegExp(`${edge.before}${phrase.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}${edge.after}`, 'iu').test(lower)),
  };
}

/** The mark "-- " of RFC 3676 and the line about opting out end what somebody wrote. */
function withoutFooter(text: string): string {
  return (text.split(/^-- ?$/m)[0] ?? '').split(/^.*(unsubscribe|abmelden|abbestellen|se désinscrire|darse de baja).*$/imu)[0] ?? '';
}

/** What the last paragraphs ask for: people do what stands last. */
function callOf(text: string): MailProfile['call'] {
  const last = text
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== '')
    .slice(-3)
    .join('\n');
  if (/\?(\s|$)/.test(last)) return 'question';
  return last.match(link) === null ? 'none' : 'link';
}

function around(text: string, at: number, length: number): string {
  const start = Math.max(0, text.lastIndexOf(' ', Math.max(0, at - 25)) + 1);
  const end = text.indexOf(' ', Math.min(text.length, at + length + 25));
  return text
    .slice(start, end === -1 ? text.length : end)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}

/** Two sets of mails beside each other, and what differs clearly between them. Pure. */
export function compareSides(theirs: ReadSide, ours: ReadSide): Comparison {
  const sides = { theirs: sideOf(theirs, ours), ours: sideOf(ours, theirs) };
  return { ...sides, differences: differencesOf(sides.theirs, sides.ours) };
}

function sideOf(side: ReadSide, other: ReadSide): Side {
  const mails = side.mails.map(profileMail);
  const texts = ({ mails: read }: ReadSide) => read.map(({ subject, text }) => `${subject}\n${withoutFooter(text)}`);
  const about = mails.flatMap(({ aboutYou }) => (aboutYou === null ? [] : [aboutYou]));
  const found = offerKinds.flatMap((kind) => {
    const quotes = mails.flatMap((mail) => mail.offers.filter((offer) => offer.kind === kind).map(({ quote }) => quote));
    return quotes[0] === undefined ? [] : [{ kind, mails: quotes.length, quote: quotes[0] }];
  });
  const calls = { question: 0, link: 0, none: 0 };
  for (const { call } of mails) calls[call] += 1;
  return {
    mails,
    typical: {
      words: median(mails.map(({ words }) => words)),
      wordsPerSentence: median(mails.map(({ wordsPerSentence }) => wordsPerSentence)),
      subjectLength: median(mails.flatMap(({ subject, subjectLength }) => (subject === '' ? [] : [subjectLength]))),
      links: median(mails.map(({ links }) => links)),
      questions: median(mails.map(({ questions }) => questions)),
      aboutYou: about.length === 0 ? null : median(about),
      bulkPhrases: mails.length === 0 ? 0 : mails.reduce((sum, mail) => sum + mail.bulkPhrases.length, 0) / mails.length,
    },
    calls,
    offers: found.sort((a, b) => b.mails - a.mails),
    gapsDays: [...side.gapsDays],
    keywords: tellingTerms(texts(side), texts(other), keywords, Math.min(minimumMails, mails.length)).map(({ term, texts: count }) => ({ term, mails: count })),
  };
}

function differencesOf(theirs: Side, ours: Side): Comparison['differences'] {
  if (theirs.mails.length === 0 || ours.mails.length === 0) return [];
  const pairs: Comparison['differences'] = [
    { code: 'length', theirs: theirs.typical.words, ours: ours.typical.words },
    { code: 'subject', theirs: theirs.typical.subjectLength, ours: ours.typical.subjectLength },
    { code: 'sentences', theirs: theirs.typical.wordsPerSentence, ours: ours.typical.wordsPerSentence },
    { code: 'links', theirs: theirs.typical.links, ours: ours.typical.links },
    { code: 'questions', theirs: theirs.typical.questions, ours: ours.typical.questions },
    { code: 'bulk', theirs: theirs.typical.bulkPhrases, ours: ours.typical.bulkPhrases },
    { code: 'count', theirs: theirs.mails.length, ours: ours.mails.length },
  ];
  if (theirs.typical.aboutYou !== null && ours.typical.aboutYou !== null) pairs.push({ code: 'about_you', theirs: theirs.typical.aboutYou, ours: ours.typical.aboutYou });
  if (theirs.gapsDays.length > 0 && ours.gapsDays.length > 0) pairs.push({ code: 'cadence', theirs: median(theirs.gapsDays), ours: median(ours.gapsDays) });
  const ratio = ({ theirs: a, ours: b }: { theirs: number; ours: number }) => (Math.max(a, b) + 0.5) / (Math.min(a, b) + 0.5);
  const share = ({ theirs: a, ours: b }: { theirs: number; ours: number }) => (Math.max(a, b) + 0.1) / (Math.min(a, b) + 0.1);
  const size = (pair: Comparison['differences'][number]) => (pair.code === 'about_you' ? share(pair) : ratio(pair));
  return pairs.filter((pair) => size(pair) >= clearly).sort((a, b) => size(b) - size(a));
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
