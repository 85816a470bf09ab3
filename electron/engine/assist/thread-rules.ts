import table from '../../../resources/reply-drafts.json' with { type: 'json' };
import type { ReplyClass, ReplyIntent } from '../../../shared/schemas/reply.ts';
import { draftGap, type NextAction } from '../../../shared/schemas/thread.ts';
import { fold } from '../lib/fold.ts';
import { detectLanguage } from '../lib/language.ts';

/** One message without what it quotes. */
export interface ThreadMessage {
  readonly direction: 'in' | 'out';
  readonly text: string;
}

/** What is known of a conversation. */
export interface Thread {
  /** Oldest first. */
  readonly messages: readonly ThreadMessage[];
  /** Of the latest message that came in. */
  readonly class: ReplyClass;
  readonly intent: ReplyIntent | null;
  readonly namesOther: boolean;
  readonly firstName: string;
  /** Every name of the other side, for hosts that must not see it. */
  readonly names: readonly string[];
  /** Name under which we write. */
  readonly sender: string;
  readonly contactId: string | null;
}

type Words = Readonly<Record<NextAction | 'greeting' | 'greetingNoName' | 'closing', string>> & Readonly<Record<'thanks' | 'commitments', readonly string[]>>;
const languages: Readonly<Record<string, Words>> = table.languages;
const mostAsks = 3;
const longestAsk = 240;
const briefWords = 14;

/** Language of the drafts for a conversation: that of what the other side wrote last, else of ours; English where there are no words for it. */
export function wordsFor(thread: Thread): Words {
  return languages[threadLanguage(thread) ?? 'en'] ?? table.languages.en;
}

/** ISO 639-1; null = not clear. */
export function threadLanguage({ messages }: Thread): string | null {
  const newest = messages.toReversed();
  return [...newest.filter(({ direction }) => direction === 'in'), ...newest].map(({ text }) => detectLanguage(text)).find((language) => language !== null) ?? null;
}

export function latestInbound({ messages }: Thread): string {
  return messages.findLast(({ direction }) => direction === 'in')?.text ?? '';
}

/** The questions in a text, in its own words, without links. Pure. */
export function asksIn(text: string): string[] {
  const sentences = text.replace(/\bhttps?:\/\/\S+/gi, ' ').match(/[^.!?…\n]+[?？؟]+/g) ?? [];
  return sentences
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence.split(' ').length > 1 && sentence.length <= longestAsk)
    .slice(0, mostAsks);
}

function onlyThanks(text: string): boolean {
  const folded = fold(text);
  return text.split(/\s+/).length <= briefWords && Object.values(languages).some(({ thanks }) => thanks.some((phrase) => folded.includes(phrase)));
}

/** What is next, by what the message is and asks. Pure. */
export function actionByRules(thread: Thread): NextAction {
  const { messages, intent, namesOther } = thread;
  if (messages.at(-1)?.direction === 'out') return 'wait';
  if (thread.class === 'out_of_office') return namesOther ? 'write_to_other' : 'go_on_later';
  if (thread.class !== 'human') return 'nothing';
  const text = latestInbound(thread);
  if (intent === 'referral') return 'write_to_other';
  if (intent === 'meeting') return 'propose_time';
  if (intent === 'question' || asksIn(text).length > 0) return 'answer_questions';
  if (intent === 'negative' || (intent !== 'positive' && onlyThanks(text))) return 'nothing';
  return intent === null ? 'read' : 'answer';
}

/** A body between greeting and closing, in the language of the conversation. */
export function framed(thread: Thread, body: string): string {
  const { greeting, greetingNoName, closing } = wordsFor(thread);
  const opening = thread.firstName === '' ? greetingNoName : greeting.replace('{name}', () => thread.firstName);
  return `${opening}\n\n${body}\n\n${closing.replace('{sender}', () => thread.sender)}`.trim();
}

/** A draft from ready-made words: each question gets its place. Pure. */
export function draftByRules(thread: Thread): string {
  const action = actionByRules(thread);
  const asks = asksIn(latestInbound(thread));
  const words = wordsFor(thread);
  // A question that the rules only suspect has no words of its own.
  const body = action === 'answer_questions' && asks.length === 0 ? words.answer : words[action];
  return framed(
    thread,
    body.replace('{questions}', () => asks.map((ask) => `“${ask}”\n${draftGap}`).join('\n\n')),
  );
}

/** Words of a draft that bind its sender and stand in none of their own messages. Pure. */
export function commitmentsIn(text: string, thread: Thread): string[] {
  const wordsOf = (each: string): string[] => fold(each).match(/\p{L}+/gu) ?? [];
  const own = new Set(thread.messages.filter(({ direction }) => direction === 'out').flatMap(({ text: ours }) => wordsOf(ours)));
  const binding = Object.values(languages).flatMap(({ commitments }) => commitments);
  const binds = (word: string): boolean => binding.some((each) => (each.endsWith('*') ? word.startsWith(each.slice(0, -1)) : word === each));
  return [...new Set(wordsOf(text))].filter((word) => binds(word) && !own.has(word));
}
