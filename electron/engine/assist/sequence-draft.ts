import { z } from 'zod';
import copyWords from '../../../resources/copy-words.json' with { type: 'json' };
import { lintCopy } from '../../../shared/copy-lint.ts';
import { sequenceBriefSchema, type DraftFinding, type SequenceBrief, type SequenceDraft } from '../../../shared/schemas/sequence-draft.ts';
import { graphSchema, type SequenceGraph } from '../../../shared/schemas/sequence.ts';
import type { Complete } from './ask.ts';
import { noteOf } from './copy.ts';
import { draftByRules, ruledLanguage, type Drafted, type DraftedMail } from './draft-rules.ts';
import { checkText } from './fact-check.ts';
import { asData, loadPrompt } from './prompts.ts';
import { streamLatest, type Streamed } from './stream.ts';

const promptName = 'sequence-draft.v1';
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
const tones: Readonly<Record<SequenceBrief['tone'], string>> = { plain: 'in plain words', warm: 'friendly and personal', formal: 'polite and formal' };
const shortestWait = 2;
const longestWait = 20;
const mostWords = 250;
/** What only broken templates have: it would be sent as it stands, or stop the mail. */
const broken = new Set(['broken_tag', 'foreign_tag', 'unknown_tag', 'spin_open', 'spin_close', 'spin_empty', 'spin_crossed']);

/** A sequence for a brief: by a model where one answers, else by rules. A proposal; nothing is stored and nothing sent. */
export async function* draftSequence(complete: Complete, input: SequenceBrief, signal?: AbortSignal): AsyncGenerator<Streamed<number, SequenceDraft>> {
  const brief = sequenceBriefSchema.parse(input);
  yield* streamLatest<number, SequenceDraft>(signal, (report, within) => draftNow(complete, brief, report, within));
}

async function draftNow(complete: Complete, brief: SequenceBrief, report: (mails: number) => void, signal: AbortSignal): Promise<SequenceDraft> {
  const prompt = await loadPrompt(promptName);
  const system = [
    ['{{ count }}', String(brief.mails)],
    ['{{ language }}', languageNames.of(brief.language) ?? 'English'],
    ['{{ tone }}', tones[brief.tone]],
  ].reduce((text, [mark = '', value = '']) => text.replace(mark, value), prompt.system);
  let begun = 0;
  const completion = await complete({
    feature: 'sequence_draft',
    promptVersion: promptName,
    system,
    input: prompt.fill({ brief: asData(textOf(brief)) }),
    schema: answerSchema(brief),
    maxTokens: prompt.maxTokens,
    signal,
    onText(soFar) {
      const mails = soFar.match(/"text"\s*:/g)?.length ?? 0;
      if (mails !== begun) report((begun = mails));
    },
  });
  const written = completion.kind === 'answer';
  const drafted: Drafted = written ? { ...completion.value, mails: completion.value.mails.map(tidy) } : draftByRules(brief);
  return {
    name: drafted.name,
    graph: graphOf(drafted.mails),
    source: written ? 'model' : 'rules',
    model: written ? completion.model : null,
    note: written ? null : noteOf(completion),
    language: written ? brief.language : ruledLanguage(brief),
    findings: written ? drafted.mails.flatMap((mail, index) => findingsOf(mail, brief).map((finding) => ({ mail: index + 1, ...finding }))) : [],
  };
}

function textOf({ offer, audience, goal, facts }: SequenceBrief): string {
  return [`Offer: ${offer}`, `To whom, and why: ${audience}`, `They are asked to: ${goal}`, `Facts:\n${facts}`].join('\n');
}

/** What may be used of an answer: as many mails as were asked for, each a text that can be sent, the first with a subject. */
function answerSchema({ mails }: SequenceBrief) {
  return z.object({
    name: z.string().trim().min(1).max(100),
    mails: z
      .array(z.object({ subject: z.string().max(150), text: z.string().min(20).max(4000), waitDays: z.number().min(0).max(60) }))
      .length(mails)
      .refine((list) => (list[0]?.subject.trim() ?? '') !== '' && list.every(({ subject, text }) => canBeSent(subject, text)), 'A mail cannot be sent as it is'),
  });
}

function canBeSent(subject: string, text: string): boolean {
  const notes = lintCopy({ subject, html: '', text, isFirst: true }, { customFields: [], hasOptOutLine: true, words: copyWords });
  return !notes.some(({ code }) => broken.has(code)) && !/[\r\n]/.test(subject.trim());
}

/** Follow-ups stay in the thread, whatever subject a model gave them. */
function tidy({ subject, text, waitDays }: DraftedMail, index: number): DraftedMail {
  return {
    subject: index === 0 ? subject.trim().replace(/!+$/, '') : '',
    text: text
      .replace(/\r\n?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    waitDays: Math.min(longestWait, Math.max(shortestWait, Math.round(waitDays))),
  };
}

function findingsOf({ subject, text }: DraftedMail, brief: SequenceBrief): Omit<DraftFinding, 'mail'>[] {
  // One line, as the check wants it, in which each line of the mail stays a sentence.
  const said = `${subject}\n${text}`
    .replace(/\{\{.*?\}\}/gs, '')
    .split('\n')
    .map((line) => line.trim().replace(/[\s,;:–-]*$/u, ''))
    .filter(Boolean)
    .map((line) => (/[.!?…]$/u.test(line) ? line : `${line}.`))
    .join(' ');
  return checkText(said, { facts: [{ name: 'brief', value: textOf(brief) }], own: '', language: brief.language, mostWords });
}

function graphOf(mails: readonly DraftedMail[]): SequenceGraph {
  const steps = mails.flatMap(({ subject, text, waitDays }, index) => {
    const last = index === mails.length - 1;
    const mail = { id: `mail-${index + 1}`, type: 'email', variants: [{ id: 'A', subject, text }], next: last ? null : `wait-${index + 1}` };
    const wait = { id: `wait-${index + 1}`, type: 'wait', duration: `P${waitDays}D`, businessDays: true, next: `mail-${index + 2}` };
    return last ? [mail] : [mail, wait];
  });
  return graphSchema.parse({ steps });
}
