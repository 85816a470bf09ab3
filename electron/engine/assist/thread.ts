import { z } from 'zod';
import type { CopyNote } from '../../../shared/schemas/assist.ts';
import type { Fact } from '../../../shared/schemas/review.ts';
import { draftGap, nextActionSchema, type ReplyDraft, type ThreadBrief } from '../../../shared/schemas/thread.ts';
import type { Complete, Completion } from './ask.ts';
import { noteOf } from './copy.ts';
import { checkText } from './fact-check.ts';
import { asData, loadPrompt } from './prompts.ts';
import { actionByRules, asksIn, commitmentsIn, draftByRules, framed, latestInbound, threadLanguage, type Thread } from './thread-rules.ts';

const briefPrompt = 'thread-brief.v1';
const draftPrompt = 'reply-draft.v1';
const briefWords = 90;
const draftWords = 160;
const mostMessages = 8;
const messageCap = 1500;
/** A conversation that is read at a glance needs no summary. */
const glanceChars = 700;
const glanceMessages = 2;
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

/** The end of the conversation, as a model is told it: who wrote what, each message cut to a length. */
function told(thread: Thread): string {
  const recent = thread.messages.slice(-mostMessages);
  return recent.map(({ direction, text }) => `${direction === 'in' ? 'They' : 'We'} wrote:\n${text.trim().slice(0, messageCap)}`).join('\n\n');
}

function languageOf(thread: Thread): string {
  const language = threadLanguage(thread);
  return (language === null ? undefined : languageNames.of(language)) ?? 'the language of their last message';
}

/**
 * Whether a text of a model keeps to the conversation and the facts, and holds nothing that none may hold. Line by line, for a
 * line may be no sentence. Words that would flatter a stranger (`claim`) are everyday ones here.
 */
function keepsTo(thread: Thread, text: string, facts: readonly Fact[], mostWords: number): boolean {
  const own = [...thread.messages.map((message) => message.text), ...thread.names].join('\n');
  const check = { facts, own, language: threadLanguage(thread), mostWords };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const fits = lines.length > 0 && text.split(/\s+/).length <= mostWords;
  return fits && lines.flatMap((line) => checkText(line, check)).every(({ code }) => code === 'claim');
}

/** Whether a model may be asked at all: what machines wrote, and who opted out, is nothing to think about. */
const mayThink = (thread: Thread): boolean => thread.class === 'human' && latestInbound(thread).trim() !== '';

/**
 * The conversation in short, and what is next. By rules at once; with `think`, a model is asked where there is more than a
 * glance shows, or the rules do not know what is next. What it says must stand in the conversation. Nothing follows from it.
 */
export async function briefThread(
  complete: Complete,
  thread: Thread,
  { think, signal }: { readonly think: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ThreadBrief> {
  const action = actionByRules(thread);
  const ruled: ThreadBrief = { summary: null, asks: asksIn(latestInbound(thread)), action, reason: null, source: 'rules', model: null, note: null };
  const short = thread.messages.length <= glanceMessages && told(thread).length <= glanceChars;
  if (!think || !mayThink(thread) || (short && action !== 'read')) return ruled;
  const prompt = await loadPrompt(briefPrompt);
  const completion = await complete({
    feature: 'thread_brief',
    promptVersion: briefPrompt,
    system: prompt.system.replaceAll('{{ language }}', languageOf(thread)),
    input: prompt.fill({ thread: asData(told(thread)) }),
    schema: z
      .object({ summary: z.string(), action: nextActionSchema, reason: z.string() })
      .refine(({ summary, reason }) => keepsTo(thread, `${summary}\n${reason}`, [], briefWords)),
    maxTokens: prompt.maxTokens,
    signal,
    contactId: thread.contactId,
    names: thread.names,
  });
  if (completion.kind === 'none') return { ...ruled, note: noteOf(completion) };
  const { summary, reason, action: next } = completion.value;
  // What the rules know for sure stays: whose turn it is, and what was asked word for word.
  const sure = action === 'wait' || action === 'answer_questions' || action === 'propose_time';
  return { ...ruled, summary: summary.trim(), action: sure ? action : next, reason: sure && next !== action ? null : reason.trim(), source: 'model', model: completion.model };
}

/**
 * A proposal of an answer: by a model where one gives what may be proposed, else from ready-made words. A model may say what
 * the conversation and the facts say, and bind the sender to nothing. Each `variation` above 0 asks for another text.
 */
export async function draftReply(
  complete: Complete,
  thread: Thread,
  { facts, variation, signal }: { readonly facts: readonly Fact[]; readonly variation: number; readonly signal?: AbortSignal | undefined },
): Promise<ReplyDraft> {
  const ruled = (note: CopyNote | null): ReplyDraft => ({ text: draftByRules(thread), source: 'rules', model: null, note });
  if (!mayThink(thread)) return ruled(null);
  const prompt = await loadPrompt(draftPrompt);
  const allowed = (text: string): boolean => keepsTo(thread, text.replaceAll(draftGap, ' '), facts, draftWords) && commitmentsIn(text, thread).length === 0;
  const completion: Completion<{ text: string }> = await complete({
    feature: 'reply_draft',
    promptVersion: draftPrompt,
    system: prompt.system.replace('{{ words }}', String(draftWords)).replace('{{ language }}', languageOf(thread)),
    input: prompt.fill({ action: actionByRules(thread), facts: asData(facts.map(({ name, value }) => `${name}: ${value}`).join('\n')), thread: asData(told(thread)) }),
    schema: z.object({ text: z.string().refine(allowed) }),
    maxTokens: prompt.maxTokens,
    signal,
    contactId: thread.contactId,
    variation,
    names: thread.names,
  });
  if (completion.kind === 'none') return ruled(noteOf(completion));
  return { text: framed(thread, completion.value.text.trim().replace(/\n{3,}/g, '\n\n')), source: 'model', model: completion.model, note: null };
}
