import { z } from 'zod';
import { liquidTag, outputKeys } from '../../../shared/merge-tags.ts';
import type { Fact, Finding, PersonalText } from '../../../shared/schemas/review.ts';
import { detectLanguage } from '../lib/language.ts';
import type { Complete } from './ask.ts';
import { checkText, factsIn } from './fact-check.ts';
import { asData, loadPrompt } from './prompts.ts';

const promptVersion = 'personal.v1';
const mostWords = 50;
const mailCap = 3000;
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
/** With nothing on file but a name there is nothing to say that is not made up. */
const names = new Set(['first_name', 'last_name']);

/** What a passage is written from. */
export interface PersonalTask {
  /** By the user; a merge tag in it names a fact, its value stays among the data. */
  readonly instruction: string;
  readonly facts: readonly Fact[];
  /** What the mail says to everybody, with the fallback text. */
  readonly mail: string;
  readonly contactId: string;
  /** 0 = the first text; each further number gives another one. */
  readonly variation: number;
}

export type Personal =
  | { readonly kind: 'text'; readonly text: string; readonly used: string[]; readonly model: string; readonly promptVersion: string }
  /** The fallback text it is. */
  | { readonly kind: 'none'; readonly note: NonNullable<PersonalText['note']> | 'cancelled' };

/** What is wrong with a passage for this person, by whomever it was written. Pure. */
export function checkPersonal(text: string, { facts, mail }: Pick<PersonalTask, 'facts' | 'mail'>): Finding[] {
  return checkText(text, { facts, own: mail, language: detectLanguage(mail), mostWords });
}

/** A passage as one line, without the quotes that models like to put around it. */
function tidy(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^["“„«](.*)["”“»]$/u, '$1');
}

/**
 * Asks for the passage of one mail. What the checker rejects is asked for once more; what it rejects twice is no answer. It
 * is a proposal: nothing leaves before somebody approved it.
 */
export async function writePersonal(complete: Complete, task: PersonalTask, signal?: AbortSignal): Promise<Personal> {
  const { instruction, facts, mail, contactId, variation } = task;
  if (instruction.trim() === '' || facts.every(({ name }) => names.has(name))) return { kind: 'none', note: 'no_facts' };
  const prompt = await loadPrompt(promptVersion);
  const language = detectLanguage(mail);
  const completion = await complete({
    feature: 'personal',
    promptVersion,
    system: prompt.system
      .replace('{{ words }}', String(mostWords))
      .replace('{{ language }}', (language === null ? undefined : languageNames.of(language)) ?? 'the language of the mail'),
    input: prompt.fill({
      task: instruction.replace(liquidTag, (tag) => `[${outputKeys(tag)?.join('.') ?? 'fact'}]`),
      facts: asData(facts.map(({ name, value }) => `${name}: ${value}`).join('\n')),
      mail: asData(mail.slice(0, mailCap)),
    }),
    schema: z.object({ text: z.string().refine((text) => checkPersonal(tidy(text), task).length === 0), facts: z.array(z.string()) }),
    maxTokens: prompt.maxTokens,
    signal,
    contactId,
    variation,
    names: facts.filter(({ name }) => names.has(name) || name === 'company').map(({ value }) => value),
  });
  if (completion.kind === 'none') {
    if (completion.reason === 'cancelled') return { kind: 'none', note: 'cancelled' };
    if (completion.reason === 'off') return { kind: 'none', note: 'off' };
    if (completion.tried.some(({ reason }) => reason === 'invalid')) return { kind: 'none', note: 'rejected' };
    return { kind: 'none', note: completion.reason === 'no_provider' ? 'no_model' : 'failed' };
  }
  const text = tidy(completion.value.text);
  const named = completion.value.facts.filter((name) => facts.some((fact) => fact.name === name));
  return { kind: 'text', text, used: [...new Set([...factsIn(text, facts), ...named])], model: completion.model, promptVersion };
}
