import { z } from 'zod';
import { likelyMails } from '../../../shared/graph.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Comparison, CompetitorMail, CompetitorMailInput, CompetitorReading } from '../../../shared/schemas/comparison.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { asData, loadPrompt, type Complete } from '../assist/index.ts';
import { textOfHtml } from '../composing/index.ts';
import type { Events } from '../events/index.ts';
import { parseMail } from '../inbox/index.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store } from '../store/index.ts';
import { compareSides, type ReadSide } from './mail-profile.ts';

export interface ComparisonDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly complete: Complete;
}

/** Mails of others beside one's own. */
export interface Comparisons {
  mails(): CompetitorMail[];
  /** Throws AppError validation where nothing can be read of it. */
  add(input: CompetitorMailInput): Promise<CompetitorMail>;
  remove(id: string): void;
  compare(competitor: string, graph: SequenceGraph): Comparison;
  read(competitor: string, signal?: AbortSignal): Promise<CompetitorReading>;
}

const promptName = 'competitors.v1';
const columns = 'id, competitor, subject, text, sent_at as sentAt, created_at as createdAt';
/** Mails and characters of each that a model is shown. */
const shown = { mails: 8, characters: 1500 };
const readingSchema = z.object({
  offer: z.string().max(400).default(''),
  audience: z.string().max(400).default(''),
  tone: z.string().max(400).default(''),
  borrow: z.array(z.string().max(300)).max(5).default([]),
  avoid: z.array(z.string().max(300)).max(5).default([]),
});

export function createComparisons({ store, events, clock, ids, complete }: ComparisonDeps): Comparisons {
  const mailsOf = (competitor: string) =>
    store.prepareRead(`select ${columns} from competitor_mails where competitor = ? order by coalesce(sent_at, created_at), id`).all(competitor) as CompetitorMail[];

  return {
    mails: () => store.prepareRead(`select ${columns} from competitor_mails order by competitor, coalesce(sent_at, created_at), id`).all() as CompetitorMail[],
    async add({ competitor, source }) {
      const read = await readSource(source);
      if (read.text.trim() === '') throw new AppError('validation', 'There is no text in it. Paste the mail, or choose the .eml file that your mail program saves.');
      const mail: CompetitorMail = { id: ids.next(), ...read, competitor: competitor === '' ? read.competitor : competitor, createdAt: clock.now() };
      if (mail.competitor === '') throw new AppError('validation', 'Whose mail is it? Give a name, for the text does not tell.', { fields: { competitor: 'Give a name' } });
      store.transaction((tx) => {
        tx.prepare('insert into competitor_mails (id, competitor, subject, text, sent_at, created_at) values (@id, @competitor, @subject, @text, @sentAt, @createdAt)').run(mail);
        events.append(tx, { type: 'settings_changed', actor: 'person', data: { fields: ['competitorMails'] } });
      });
      return mail;
    },
    remove(id) {
      store.transaction((tx) => {
        if (tx.prepare('delete from competitor_mails where id = ?').run(id).changes === 0) throw new AppError('not_found', 'There is no such mail.');
        events.append(tx, { type: 'settings_changed', actor: 'person', data: { fields: ['competitorMails'] } });
      });
    },
    compare: (competitor, graph) => compareSides(sideOfMails(mailsOf(competitor)), sideOfGraph(graph)),
    async read(competitor, signal) {
      const mails = mailsOf(competitor).slice(-shown.mails);
      if (mails.length === 0) throw new AppError('not_found', 'There is no mail of theirs yet.');
      const prompt = await loadPrompt(promptName);
      const completion = await complete({
        feature: 'competitors',
        promptVersion: promptName,
        system: prompt.system,
        input: prompt.fill({ mails: asData(mails.map(({ subject, text }) => `Subject: ${subject}\n\n${text.slice(0, shown.characters)}`).join('\n\n———\n\n')) }),
        schema: readingSchema,
        maxTokens: prompt.maxTokens,
        signal,
      });
      if (completion.kind === 'answer') return { reading: completion.value, model: completion.model, note: null };
      const invalid = completion.reason === 'failed' && completion.tried.some(({ reason }) => reason === 'invalid');
      return { reading: null, model: null, note: completion.reason === 'off' ? 'off' : completion.reason !== 'failed' ? 'no_model' : invalid ? 'invalid' : 'failed' };
    },
  };
}

/** A whole message tells who sent it and when; a pasted text may begin with its subject. */
async function readSource(source: string): Promise<Pick<CompetitorMail, 'competitor' | 'subject' | 'text' | 'sentAt'>> {
  const head = source.slice(0, source.search(/\r?\n\r?\n/) + 1 || undefined);
  if (/^(from|received|return-path|message-id):\s*\S/im.test(head) && /^[\w-]+:/.test(source)) {
    const mail = await parseMail(Buffer.from(source));
    return { competitor: nameOf(mail.from), subject: mail.subject, text: mail.text, sentAt: mail.date };
  }
  const subject = /^\s*(?:subject|betreff|objet|asunto|oggetto):[ \t]*(.*)\r?\n/i.exec(source);
  return { competitor: '', subject: subject?.[1]?.trim() ?? '', text: (subject === null ? source : source.slice(subject[0].length)).replace(/\r\n/g, '\n').trim(), sentAt: null };
}

function nameOf({ name, address }: { readonly name: string; readonly address: string }): string {
  return (address.split('@')[1] ?? name).slice(0, 100);
}

function sideOfMails(mails: readonly CompetitorMail[]): ReadSide {
  const times = mails.flatMap(({ sentAt }) => (sentAt === null ? [] : [sentAt]));
  return { mails, gapsDays: times.slice(1).map((at, index) => (at - (times[index] ?? at)) / day) };
}

/** The mails that somebody gets who does nothing, with the first variant of each; waits of hours count as parts of a day. */
function sideOfGraph(graph: SequenceGraph): ReadSide {
  const mails = likelyMails(graph);
  return {
    mails: mails.flatMap(({ step }) => {
      const variant = step.variants.find(({ active, weight }) => active && weight > 0) ?? step.variants[0];
      return variant === undefined ? [] : [{ subject: variant.subject, text: variant.text !== '' ? variant.text : textOfHtml(variant.html) }];
    }),
    gapsDays: mails.slice(1).map(({ waits }) => waits.reduce((sum, wait) => sum + daysOf(wait.duration, wait.businessDays), 0)),
  };
}

function daysOf(duration: string, businessDays: boolean): number {
  const part = (pattern: RegExp) => Number(pattern.exec(duration)?.[1] ?? 0);
  const days = part(/(\d+)W/) * 7 + part(/(\d+)D/) + part(/(\d+)H/) / 24;
  return businessDays ? (days * 7) / 5 : days;
}
