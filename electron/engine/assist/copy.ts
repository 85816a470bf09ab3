import { z } from 'zod';
import type { CopyNote, Rewritten, RewriteInput, SubjectIdea, SubjectIdeas, SubjectIdeasInput } from '../../../shared/schemas/assist.ts';
import { partialText } from './answer.ts';
import type { Complete, Completion } from './ask.ts';
import { mayReplace, maySubject } from './copy-checks.ts';
import { rewriteByRules, subjectsByRules } from './copy-rules.ts';
import { asData, loadPrompt } from './prompts.ts';
import { streamLatest, type Streamed } from './stream.ts';

const rewritePrompt = 'rewrite.v1';
const subjectsPrompt = 'subject-ideas.v1';
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
const ideaSchema = z.object({ ideas: z.array(z.object({ subject: z.string(), reason: z.string() })).min(1) });

/** Why rules answered and no model. */
export function noteOf(completion: Extract<Completion<unknown>, { kind: 'none' }>): CopyNote {
  if (completion.reason !== 'failed') return completion.reason === 'off' ? 'off' : 'no_model';
  return completion.tried.some(({ reason }) => reason === 'invalid') ? 'invalid' : 'failed';
}

export type CopyHelp = ReturnType<typeof createCopyHelp>;

/** Help with the text of a mail: by a model where one answers, else by rules. What it gives is a proposal; nothing is stored. */
export function createCopyHelp({ complete }: { complete: Complete }) {
  async function rewriteNow(input: RewriteInput, report: (text: string) => void, signal: AbortSignal): Promise<Rewritten> {
    const { text, how, language } = input;
    const prompt = await loadPrompt(rewritePrompt);
    const completion = await complete({
      feature: 'rewrite',
      promptVersion: rewritePrompt,
      system: prompt.system,
      input: prompt.fill({ task: how === 'translate' ? `translate to ${languageNames.of(language ?? 'en') ?? 'English'}` : how, text: asData(text) }),
      schema: z.object({ text: z.string().refine((next) => mayReplace(text, next)) }),
      maxTokens: Math.min(prompt.maxTokens, 200 + text.length),
      signal,
      onText: report,
    });
    if (completion.kind === 'answer') return { text: completion.value.text.trim(), source: 'model', model: completion.model, note: null };
    const note = noteOf(completion);
    return { text: how === 'translate' ? text : rewriteByRules(text, how), source: 'rules', model: null, note };
  }

  return {
    /** A text that says the same otherwise, told while it is written. All merge tags stay; links, addresses and numbers are those of the text. */
    async *rewrite(input: RewriteInput, signal?: AbortSignal): AsyncGenerator<Streamed<string, Rewritten>> {
      for await (const part of streamLatest<string, Rewritten>(signal, (report, within) => rewriteNow(input, report, within)))
        yield part.kind === 'done' ? part : { kind: 'partial', value: partialText(part.value, 'text') };
    },
    /** Subject lines with a reason for each; at most `count`, filled up by rules where a model has fewer that may be used. */
    async subjectIdeas({ text, count }: SubjectIdeasInput, signal?: AbortSignal): Promise<SubjectIdeas> {
      const prompt = await loadPrompt(subjectsPrompt);
      const completion = await complete({
        feature: 'subject_ideas',
        promptVersion: subjectsPrompt,
        system: prompt.system.replace('{{ count }}', String(count)),
        input: prompt.fill({ text: asData(text) }),
        schema: ideaSchema,
        maxTokens: prompt.maxTokens,
        signal,
      });
      const offered: SubjectIdea[] = completion.kind === 'none' ? [] : completion.value.ideas.map((idea) => ({ ...clean(idea), source: 'model' }));
      const ruled = subjectsByRules(text, count).map((idea): SubjectIdea => ({ ...idea, source: 'rules' }));
      const seen = new Set<string>();
      const ideas = [...offered, ...ruled].filter(({ subject }) => {
        const key = subject.toLowerCase();
        if (seen.has(key) || !maySubject(text, subject)) return false;
        return seen.add(key).has(key);
      });
      return { ideas: ideas.slice(0, count), model: completion.kind === 'answer' ? completion.model : null, note: completion.kind === 'none' ? noteOf(completion) : null };
    },
  };
}

/** Models like to put quotes around a line, and to shout. */
function clean({ subject, reason }: { subject: string; reason: string }): { subject: string; reason: string } {
  return {
    subject: subject
      .trim()
      .replace(/^["“„«'](.*)["”“»']$/u, '$1')
      .replace(/!+$/, ''),
    reason: reason.trim().slice(0, 200),
  };
}
