import type { CopyNote } from '../../../shared/schemas/assist.ts';
import type { VariantNumbers } from '../../../shared/schemas/sequence.ts';
import type { WorkedBefore, WorkedBeforeInput } from '../../../shared/schemas/worked-before.ts';
import type { Embedding } from '../assist/index.ts';
import type { Store } from '../store/index.ts';
import { readPastTexts } from './past-texts.ts';
import { leastPeople, ownResults, rankWorked, type PastText } from './worked-before.ts';

export interface PastWorkDeps {
  readonly store: Store;
  readonly stepNumbers: (sequenceId: string) => Promise<VariantNumbers[]>;
  /** Vectors by a model; null = there is none. */
  readonly embed?: (texts: readonly string[], signal?: AbortSignal) => Promise<Embedding | null>;
  readonly isOff?: () => boolean;
}

const shown = 8;
/** Texts of which a model makes vectors: those that are nearest by words, and those that most people got. */
const mostEmbedded = 60;

/** What of one's own worked before, near to a mail that is being written; by the vectors of a model where there is one. */
export function createPastWork({ store, stepNumbers, embed, isOff }: PastWorkDeps): (input: WorkedBeforeInput, signal?: AbortSignal) => Promise<WorkedBefore> {
  return async (input, signal) => {
    const query = { subject: input.subject, text: input.text };
    const own = input.not === undefined ? null : `${input.not.sequenceId} ${input.not.stepId} `;
    const past = (await readPastTexts(store, stepNumbers, input.contactId)).filter(({ id }) => own === null || !id.startsWith(own));
    const counted = past.filter(({ mailed }) => mailed >= leastPeople);
    const near = new Set(rankWorked(query, counted, mostEmbedded / 2).map(({ id }) => id));
    const chosen = [...counted].sort((a, b) => Number(near.has(b.id)) - Number(near.has(a.id)) || b.mailed - a.mailed).slice(0, mostEmbedded);
    const made = chosen.length === 0 || embed === undefined ? null : await embed([query, ...chosen].map(wholeText), signal);
    const [first, ...others] = made?.vectors ?? [];
    const vectors = first === undefined ? null : { query: first, texts: others };
    const note: CopyNote | null = made !== null || counted.length === 0 ? null : isOff?.() === true ? 'off' : 'no_model';
    return {
      items: rankWorked(query, vectors === null ? counted : chosen, shown, vectors),
      mails: counted.filter(({ kind }) => kind === 'mail').length,
      least: leastPeople,
      own: ownResults(query, past),
      model: made?.model ?? null,
      note,
    };
  };
}

function wholeText({ subject, text }: Pick<PastText, 'subject' | 'text'>): string {
  return `${subject}\n\n${text}`.replace(/\{[{%].*?[%}]\}/gs, ' ');
}
