import { z } from 'zod';
import { replyIntents, type ReplyIntent, type ReplyOpinion } from '../../../shared/schemas/reply.ts';
import { asData, loadPrompt, type Assist, type Completion } from '../assist/index.ts';
import { day, minute, systemClock, type Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import type { Consequences } from './consequences.ts';

const promptVersion = 'reply-class.v1';
/** Below this the words of a person's answer are not clear to the rules. */
const ruleConfidence = 750;
/** A model must be so sure for the intent to follow it. */
const needed = 0.6;
/** What a model says of itself is no proof. */
const mostConfidence = 0.95;
const textCap = 4000;
const subjectCap = 300;
const lookBackMs = 7 * day;
const atOnce = 20;
const tries = 3;
const lookAgainMs = 10 * minute;

/** The classes that a model may name. Bounces and complaints are read from what machines write, never from a model. */
const answerSchema = z.object({
  class: z.enum(['human', 'out_of_office', 'auto_acknowledgement', 'opt_out', 'unrelated']),
  intent: z.enum([...replyIntents, 'none']),
  confidence: z.number().min(0).max(1),
});
type Answer = z.infer<typeof answerSchema>;

/** What of a model's answer is kept. An intent belongs to a person's answer only. Pure. */
export function opinionOf(answer: Answer, model: string): ReplyOpinion {
  const intent = answer.class !== 'human' || answer.intent === 'none' ? null : answer.intent;
  return { class: answer.class, intent, confidence: Math.min(answer.confidence, mostConfidence), model, prompt: promptVersion };
}

/** The intent that follows from an opinion; null = it stays a hint. Pure. */
export function refinedIntent(opinion: ReplyOpinion, ruled: ReplyIntent | null): ReplyIntent | null {
  return opinion.class === 'human' && opinion.intent !== ruled && opinion.confidence >= needed ? opinion.intent : null;
}

/** Asks about the words of one answer, in the way in which the inbox does. `names` = whom a redacting host must not see. */
export async function askOpinion(
  assist: Pick<Assist, 'complete'>,
  message: { subject: string; replyText: string; contactId: string | null; names: readonly string[] },
  signal?: AbortSignal,
): Promise<Completion<Answer>> {
  const prompt = await loadPrompt(promptVersion);
  return assist.complete({
    feature: 'reply_class',
    promptVersion,
    system: prompt.system,
    input: prompt.fill({ subject: asData(message.subject.slice(0, subjectCap)), text: asData(message.replyText.slice(0, textCap)) }),
    schema: answerSchema,
    maxTokens: prompt.maxTokens,
    signal,
    contactId: message.contactId,
    names: message.names,
  });
}

interface Row {
  readonly id: string;
  readonly subject: string;
  readonly replyText: string;
  readonly contactId: string | null;
  readonly fromName: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
}

/** What the rules were not sure of, and no person and no model has decided. */
const unclear = `r.class = 'human' and r.source in ('default', 'pattern') and (r.intent is null or r.confidence_permille < ${ruleConfidence}) and r.opinion is null`;

export type SecondOpinion = ReturnType<typeof createSecondOpinion>;

/**
 * Asks a language model about answers that the rules understood only as "a person wrote". It comes after everything else: the
 * reply is stored and its consequences have happened. A model refines what the person says; any other class it names is a
 * hint that a person may follow. It never suppresses, never lets anything go on, and what a person decided stays.
 */
export function createSecondOpinion(deps: {
  store: Store;
  log: Logger;
  assist: Pick<Assist, 'complete' | 'mayAnswer'>;
  consequences: Pick<Consequences, 'refine'>;
  clock: Clock;
  realTime?: Clock | undefined;
}) {
  const { store, log, assist, consequences, clock } = deps;
  const realTime = deps.realTime ?? systemClock;
  const abort = new AbortController();
  /** Questions that got no valid answer since the start. */
  const failed = new Map<string, number>();
  let work: Promise<void> | null = null;
  let cancelLook: (() => void) | null = null;

  function pending(): Row[] {
    const rows = store
      .prepareRead(
        `select r.id, r.subject, r.reply_text as replyText, r.contact_id as contactId, r.from_name as fromName, c.first_name as firstName, c.last_name as lastName, c.company
         from replies r left join contacts c on c.id = r.contact_id
         where ${unclear} and r.received_at >= ? and trim(r.reply_text) <> '' order by r.received_at desc limit ?`,
      )
      .all(clock.now() - lookBackMs, atOnce + failed.size) as Row[];
    return rows.filter(({ id }) => (failed.get(id) ?? 0) < tries).slice(0, atOnce);
  }

  /** One reply; false = there is nobody to ask now. */
  async function judge(row: Row): Promise<boolean> {
    const names = [row.fromName, `${row.firstName ?? ''} ${row.lastName ?? ''}`, row.firstName ?? '', row.lastName ?? '', row.company ?? ''];
    const completion = await askOpinion(assist, { ...row, names }, abort.signal);
    if (completion.kind === 'none') {
      if (!completion.tried.some(({ reason }) => reason === 'invalid' || reason === 'refused')) return false;
      failed.set(row.id, (failed.get(row.id) ?? 0) + 1);
      return true;
    }
    const opinion = opinionOf(completion.value, completion.model);
    store.transaction((tx) => take(tx, row.id, opinion));
    return true;
  }

  /** Stores the opinion and refines the intent, unless somebody decided meanwhile. */
  function take(tx: Tx, id: string, opinion: ReplyOpinion): void {
    const before = tx
      .prepare(
        `select r.intent, r.mailbox_id as mailboxId, r.contact_id as contactId, r.enrolment_id as enrolmentId, r.campaign_id as campaignId, r.delivery_id as deliveryId
         from replies r where r.id = ? and ${unclear}`,
      )
      .get(id) as
      { intent: ReplyIntent | null; mailboxId: string; contactId: string | null; enrolmentId: string | null; campaignId: string | null; deliveryId: string | null } | undefined;
    if (before === undefined) return;
    tx.prepare('update replies set opinion = ? where id = ?').run(JSON.stringify(opinion), id);
    const { intent: from, ...link } = before;
    const to = refinedIntent(opinion, from);
    if (to === null) return;
    tx.prepare(`update replies set intent = ?, source = 'model', confidence_permille = ? where id = ?`).run(to, Math.round(opinion.confidence * 1000), id);
    consequences.refine(tx, { id, ...link }, { from, to, model: opinion.model });
  }

  async function judgeAll(): Promise<void> {
    const mayGoOn = (): boolean => !abort.signal.aborted && assist.mayAnswer('reply_class');
    while (mayGoOn()) {
      const rows = pending();
      if (rows.length === 0) return;
      for (const row of rows) if (!mayGoOn() || !(await judge(row))) return;
    }
  }

  function run(): Promise<void> {
    if (abort.signal.aborted) return Promise.resolve();
    cancelLook?.();
    cancelLook = null;
    work ??= judgeAll()
      .catch((error: unknown) => log.error({ err: error }, 'replies could not be shown to a model; the next look tries again'))
      .finally(() => {
        work = null;
        if (!abort.signal.aborted && cancelLook === null) cancelLook = realTime.after(lookAgainMs, () => void run());
      });
    return work;
  }

  return {
    /** Looks for unclear replies and asks about them, one after another. Resolves when there is nothing more to ask now. */
    run,
    /** Ends the question that is under way. */
    async stop(): Promise<void> {
      abort.abort();
      cancelLook?.();
      cancelLook = null;
      await work;
    },
  };
}
