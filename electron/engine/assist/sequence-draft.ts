import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { sequenceBriefSchema, type SequenceBrief, type SequenceDraft } from '../../../shared/schemas/sequence-draft.ts';
import type { Starter } from '../../../shared/schemas/sequence.ts';
import type { Complete } from './ask.ts';
import { noteOf } from './copy.ts';
import { readMails } from './draft-check.ts';
import { draftByRules, factsOfBrief, graphOfDraft, nameOf } from './draft-rules.ts';
import { asData, loadPrompt } from './prompts.ts';
import { streamLatest, type Streamed } from './stream.ts';

const promptName = 'sequence-draft.v2';
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
const tones: Readonly<Record<SequenceBrief['tone'], string>> = { plain: 'plain and direct', warm: 'warm and personal', formal: 'polite and formal' };
const mostWords = '120';
const longestName = 100;

export interface DraftDeps {
  readonly complete: Complete;
  /** The sequences that come with the app; the rules take the waits of the nearest one. */
  readonly gallery: () => Promise<readonly Starter[]>;
  /** Whether the workspace puts a line about opting out under every mail. */
  readonly hasOptOutLine: () => boolean;
}

/** A sequence for a brief: by a model where one answers, else by rules. A proposal; nothing is stored and nothing sent. Throws AppError cancelled. */
export async function* draftSequence(deps: DraftDeps, input: SequenceBrief, signal?: AbortSignal): AsyncGenerator<Streamed<number, SequenceDraft>> {
  const brief = sequenceBriefSchema.parse(input);
  yield* streamLatest<number, SequenceDraft>(signal, (report, within) => draftNow(deps, brief, report, within));
}

async function draftNow({ complete, gallery, hasOptOutLine }: DraftDeps, brief: SequenceBrief, report: (mails: number) => void, signal: AbortSignal): Promise<SequenceDraft> {
  const prompt = await loadPrompt(promptName);
  const system = [
    ['{{ count }}', String(brief.mails)],
    ['{{ language }}', languageNames.of(brief.language) ?? 'English'],
    ['{{ tone }}', tones[brief.tone]],
    ['{{ words }}', mostWords],
    ['{{ tag }}', '{{ company }}'],
  ].reduce((text, [mark = '', value = '']) => text.replace(mark, value), prompt.system);
  let begun = 0;
  const completion = await complete({
    feature: 'sequence_draft',
    promptVersion: promptName,
    system,
    input: prompt.fill({ brief: asData(told(brief)) }),
    schema: z
      .object({
        name: z.string().trim().min(1).max(longestName),
        mails: z.array(z.object({ subject: z.string(), text: z.string(), waitDays: z.number() })).length(brief.mails),
      })
      .refine(({ mails }) => readMails(mails, brief) !== null),
    maxTokens: prompt.maxTokens,
    signal,
    onText(soFar) {
      const mails = soFar.match(/"text"\s*:/g)?.length ?? 0;
      if (mails !== begun) report((begun = mails));
    },
  });
  if (signal.aborted) throw new AppError('cancelled', 'The draft was given up.');
  const written = completion.kind === 'answer' ? readMails(completion.value.mails, brief) : null;
  const { mails, findings, rhythm } = written === null ? draftByRules(brief, await gallery()) : { ...written, rhythm: null };
  return {
    name: completion.kind === 'answer' ? completion.value.name : nameOf(brief),
    graph: graphOfDraft(mails, brief, hasOptOutLine()),
    source: completion.kind === 'answer' ? 'model' : 'rules',
    model: completion.kind === 'answer' ? completion.model : null,
    note: completion.kind === 'answer' ? null : noteOf(completion),
    rhythm,
    findings,
  };
}

function told(brief: SequenceBrief): string {
  const { offer, audience, goal } = brief;
  return [`Offer: ${offer}`, `To whom, and why: ${audience}`, `They are asked to: ${goal}`, 'Facts:', ...factsOfBrief(brief).facts.map((fact) => `- ${fact}`)].join('\n');
}
