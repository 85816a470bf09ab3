import type { Fact, PersonalText, Writing } from '../../../shared/schemas/review.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { factsOf, writePersonal, type Assist, type PersonalTask } from '../assist/index.ts';
import { textOfHtml } from '../composing/index.ts';
import type { Events } from '../events/index.ts';
import { hour, minute, second, systemClock, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger } from '../ports.ts';
import { createGraphCache } from '../scheduling/index.ts';
import { personalBlockOf } from '../sequences/index.ts';
import type { Store, Tx } from '../store/index.ts';
import type { SettingsService } from '../workspace/index.ts';

/** Which mails are meant: all, those of a campaign, or those of one of its steps. */
export interface ReviewScope {
  readonly campaignId?: string | undefined;
  readonly stepId?: string | undefined;
}

/** What a personal block is written from, and what was written. */
export interface StoredPersonal {
  readonly state: PersonalText['state'];
  readonly text: string | null;
  readonly source: PersonalText['source'] | null;
  readonly note: PersonalText['note'];
  readonly model: string | null;
  readonly promptVersion: string | null;
  readonly facts: string | null;
  readonly variation: number;
  readonly unapproved: PersonalText['unapproved'];
  readonly writtenAt: number | null;
}

const lookAgainMs = 10 * minute;
const lookSoonMs = second;
const atOnce = 3;
const announceEveryMs = 250;
const inThread = 3;
const none: Writing = { id: null, state: 'idle', done: 0, total: 0 };

/** The mails that wait for approval; `@campaignId` and `@stepId` null = all. */
export const waitingMails = `d.state = 'held' and d.why = 'approval' and (@campaignId is null or d.campaign_id = @campaignId) and (@stepId is null or d.step_id = @stepId)`;
const whileItWaits = `delivery_id = @id and exists (select 1 from deliveries d where d.id = delivery_id and d.state = 'held' and d.why = 'approval')`;
export const scopeParams = ({ campaignId, stepId }: ReviewScope) => ({ campaignId: campaignId ?? null, stepId: stepId ?? null });

export type PersonalWriter = ReturnType<typeof createPersonalWriter>;

/**
 * Has the personal blocks of mails written ahead of their slots, beside the sending path: it only ever fills rows of mails
 * that wait for approval. With no model they stay unwritten, which is the fallback text.
 */
export function createPersonalWriter(deps: {
  store: Store;
  events: Events;
  clock: Clock;
  ids: Ids;
  log: Logger;
  assist: Pick<Assist, 'complete' | 'mayAnswer'>;
  settings: Pick<SettingsService, 'get'>;
  realTime?: Clock;
}) {
  const { store, events, clock, ids, log, assist, settings } = deps;
  const realTime = deps.realTime ?? systemClock;
  const graphOf = createGraphCache();
  /** Ids whose question failed since the last look by a person: not asked for again at once. */
  const failed = new Set<string>();
  let last: Writing = none;
  let running: { work: Promise<void>; abort: AbortController } | null = null;
  let stopped = false;
  /** A person cancelled: nothing is written until one asks. */
  let byHandOnly = false;
  let cancelLook: (() => void) | null = null;
  let unsubscribe: (() => void) | null = null;

  function pending(scope: ReviewScope, until: number | null): string[] {
    const rows = store
      .prepareRead(
        `select p.delivery_id as id from personal_texts p indexed by personal_texts_waiting join deliveries d on d.id = p.delivery_id
         where p.state = 'waiting' and ${waitingMails} and (@until is null or d.slot_at <= @until) order by d.slot_at, d.id`,
      )
      .all({ ...scopeParams(scope), until }) as { id: string }[];
    return rows.map(({ id }) => id).filter((id) => !failed.has(id));
  }

  /** What the block of a mail is written from; null = it has none any more. */
  function taskOf(deliveryId: string, prepare: Tx['prepare'] = store.prepareRead): (PersonalTask & { readonly fallback: string }) | null {
    const row = prepare(
      `select d.contact_id as contactId, d.step_id as stepId, d.variant_id as variantId, e.sequence_version_id as versionId, p.variation, c.first_name as firstName, c.last_name as lastName,
         c.company, c.title, c.city, c.country, c.tags, c.custom
       from personal_texts p join deliveries d on d.id = p.delivery_id join enrolments e on e.id = d.enrolment_id join contacts c on c.id = d.contact_id where p.delivery_id = ?`,
    ).get(deliveryId) as
      | {
          contactId: string;
          stepId: string;
          variantId: string;
          versionId: string;
          variation: number;
          firstName: string;
          lastName: string;
          company: string;
          title: string;
          city: string;
          country: string;
          tags: string;
          custom: string;
        }
      | undefined;
    if (row === undefined) return null;
    const step = graphOf(prepare, row.versionId).steps.find(({ id }) => id === row.stepId);
    const block = step?.type === 'email' ? personalBlockOf(step, row.variantId) : null;
    if (step?.type !== 'email' || block === null) return null;
    const replies = prepare(`select reply_text as text from replies where contact_id = ? and class = 'human' order by received_at desc limit ${inThread}`).all(row.contactId) as {
      text: string;
    }[];
    const sent = prepare(
      `select subject as text from deliveries where contact_id = ? and state = 'sent' and kind <> 'test' and subject is not null order by sent_at desc limit ${inThread}`,
    ).all(row.contactId) as { text: string }[];
    const facts = factsOf({
      ...row,
      tags: JSON.parse(row.tags) as string[],
      custom: JSON.parse(row.custom) as Record<string, string>,
      replies: replies.map(({ text }) => text),
      subjects: sent.map(({ text }) => text),
    });
    return {
      instruction: block.instruction,
      fallback: block.fallback,
      facts,
      mail: mailText(step, row.variantId, block.fallback),
      contactId: row.contactId,
      variation: row.variation,
    };
  }

  /** Stores a block while its mail waits; `text` null = the fallback text. */
  function save(
    id: string,
    values: Pick<StoredPersonal, 'text'> & { source: PersonalText['source']; facts: readonly Fact[] } & Partial<
        Pick<StoredPersonal, 'note' | 'model' | 'promptVersion' | 'variation'>
      >,
  ): void {
    const { text, source, note = null, model = null, promptVersion = null, facts, variation = null } = values;
    store.transaction((tx) =>
      tx
        .prepare(
          `update personal_texts set state = 'written', text = @text, source = @source, note = @note, model = @model, prompt_version = @promptVersion, facts = @facts, variation = coalesce(@variation, variation), written_at = @now, updated_at = @now
           where ${whileItWaits}`,
        )
        .run({ text, source, note, model, promptVersion, variation, id, now: clock.now(), facts: JSON.stringify(facts) }),
    );
  }

  /** Why there is no new text; what was there before stays. */
  function noteWhy(id: string, note: PersonalText['note']): void {
    store.transaction((tx) => tx.prepare(`update personal_texts set note = @note, updated_at = @now where ${whileItWaits}`).run({ id, note, now: clock.now() }));
  }

  /** Writes one block. False = nobody can be asked now. */
  async function writeOne(id: string, signal: AbortSignal, variation?: number): Promise<boolean> {
    const task = taskOf(id);
    if (task === null) return true;
    const { facts } = task;
    const answer = await writePersonal(assist.complete, { ...task, variation: variation ?? task.variation }, signal);
    if (answer.kind === 'text') {
      const { text, model, promptVersion } = answer;
      save(id, { text, source: 'model', model, promptVersion, facts, ...(variation === undefined ? {} : { variation }) });
      return true;
    }
    const { note } = answer;
    if (note === 'cancelled') return false;
    const nothingToSay = note === 'rejected' || note === 'no_facts';
    if (nothingToSay && variation === undefined) save(id, { text: null, source: 'fallback', note, facts });
    else noteWhy(id, note);
    if (!nothingToSay) failed.add(id);
    return nothingToSay;
  }

  function announce(): void {
    if (last.id !== null) events.progress({ task: 'personal_texts', id: last.id, done: last.done, total: last.total, state: last.state === 'done' ? 'finished' : last.state });
  }

  async function writeAll(list: readonly string[], signal: AbortSignal): Promise<void> {
    const queue = [...list];
    let announcedAt = -announceEveryMs;
    let reachable = true;
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined && reachable && !signal.aborted; id = queue.shift()) {
        if (!(await writeOne(id, signal))) reachable = false;
        if (signal.aborted) return;
        last = { ...last, done: last.done + 1 };
        if (realTime.monotonic() - announcedAt < announceEveryMs) continue;
        announcedAt = realTime.monotonic();
        announce();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    last = { ...last, state: signal.aborted ? 'cancelled' : reachable ? 'done' : 'no_model' };
  }

  function start(list: readonly string[]): Writing {
    if (running !== null || stopped || list.length === 0) return last;
    const abort = new AbortController();
    last = { id: ids.next(), state: 'running', done: 0, total: list.length };
    announce();
    const work = writeAll(list, abort.signal)
      .catch((error: unknown) => {
        log.error({ err: error }, 'personal blocks could not be written; the next look tries again');
        last = { ...last, state: 'done' };
      })
      .finally(() => {
        running = null;
        announce();
      });
    running = { work, abort };
    return last;
  }

  /** What is due within the look-ahead. */
  function look(): void {
    cancelLook?.();
    cancelLook = stopped ? null : realTime.after(lookAgainMs, look);
    const { personalAheadHours } = settings.get();
    if (byHandOnly || personalAheadHours === 0 || !assist.mayAnswer('personal')) return;
    start(pending({}, clock.now() + personalAheadHours * hour));
  }

  return {
    taskOf,
    /** Stores what a person decided the block to say. */
    save,
    /** Writes one block anew, apart from the others. */
    async again(id: string, variation: number, signal?: AbortSignal): Promise<void> {
      failed.delete(id);
      await writeOne(id, signal ?? new AbortController().signal, variation);
    },
    state: (): Writing => last,
    /** Writes what is not written yet, whatever the look-ahead; one run at a time. */
    write(scope: ReviewScope): Writing {
      byHandOnly = false;
      failed.clear();
      if (running === null && !assist.mayAnswer('personal')) return (last = { ...none, state: 'no_model' });
      return start(pending(scope, null));
    },
    async cancel(): Promise<Writing> {
      byHandOnly = true;
      running?.abort.abort();
      await running?.work;
      return last;
    },
    start(): void {
      look();
      unsubscribe = events.subscribe((list) => {
        if (!list.some(({ type, reason }) => type === 'held' && reason === 'approval') || running !== null) return;
        cancelLook?.();
        cancelLook = realTime.after(lookSoonMs, look);
      });
    },
    async stop(): Promise<void> {
      stopped = true;
      unsubscribe?.();
      cancelLook?.();
      cancelLook = null;
      running?.abort.abort();
      await running?.work;
    },
  };
}

/** What the mail says to everybody, without its merge tags. */
function mailText(step: Extract<SequenceGraph['steps'][number], { type: 'email' }>, variantId: string, fallback: string): string {
  const [original] = step.variants;
  const chosen = step.variants.find(({ id }) => id === variantId) ?? original;
  const variant = chosen !== undefined && chosen.html === '' && chosen.text === '' ? original : chosen;
  const body = variant === undefined ? '' : variant.text.trim() === '' ? textOfHtml(variant.html) : variant.text;
  return `${body}\n\n${fallback}`.replace(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, ' ').trim();
}
