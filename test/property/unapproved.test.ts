import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Review } from '../../shared/schemas/review.ts';
import { until } from '../support/engine.ts';
import { mail, openPersonal, passage } from '../support/personal.ts';

const people = ['anna@example.com', 'ben@example.com', 'cleo@example.com'];
const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();

const deed = fc.record({
  who: fc.nat({ max: people.length - 1 }),
  /** Approves what was read some deeds ago instead of now. */
  stale: fc.boolean(),
  kind: fc.constantFrom(
    'approve',
    'approveAll',
    'approveUnwritten',
    'edit',
    'regenerate',
    'fallback',
    'rename',
    'retry',
    'retryMany',
    'pause',
    'resume',
    'restart',
    'write',
    'modelGone',
  ),
});

/** What a deed may run into; anything else is a defect. */
async function allowed(act: () => unknown): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

test('whatever people do in whatever order, only a text leaves that somebody approved for this person', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 14 }), async (deeds) => {
      const run = await openPersonal({ recipients: people, steps: mail() });
      let written = 0;
      // Each answer is another one, so that a text that was never approved cannot pass for one that was.
      run.host.says(() => passage(`How do you plan the routes of 40 electric vans${' ever'.repeat((written += 1) % 30)}?`, ['custom.fleet']));
      run.reviews.write({});
      await until(() => run.reviews.writing().state !== 'running', 'the blocks are written');
      const approved = new Map(people.map((email) => [email, new Set<string>()]));
      const approve = ({ delivery, text }: Review): unknown => approved.get(delivery.recipient)?.add(squeezed(text));
      const reviewOf = (email: string): Review | undefined => run.waiting().find(({ delivery }) => delivery.recipient === email);
      const approveSeen = async (review: Review): Promise<void> => {
        if (await allowed(() => run.reviews.approve(review.delivery.id, review.hash ?? ''))) approve(review);
      };
      const read = [...run.waiting()];
      for (const { kind, who, stale } of deeds) {
        const email = people[who] ?? '';
        const review = stale ? read.find(({ delivery }) => delivery.recipient === email) : reviewOf(email);
        const before = run.waiting();
        if (kind === 'approve' && review !== undefined) await approveSeen(review);
        if (kind === 'approveAll' || kind === 'approveUnwritten') {
          const unwritten = kind === 'approveAll' ? 'wait' : 'fallback';
          before.filter(({ personal }) => personal?.findings.length === 0 && (unwritten === 'fallback' || personal.state === 'written')).forEach(approve);
          await run.reviews.approveAll({ unwritten });
        }
        if (kind === 'edit' && review !== undefined) await allowed(() => run.reviews.edit(review.delivery.id, `Hello from DHL, number ${deeds.length}.`));
        if (kind === 'regenerate' && review !== undefined) await allowed(() => run.reviews.regenerate(review.delivery.id));
        if (kind === 'fallback' && review?.personal !== undefined && review.personal !== null) {
          const { text, fallback } = review.personal;
          const now = reviewOf(email);
          if (await allowed(() => run.reviews.useFallback(review.delivery.id))) approve({ ...review, text: (now?.text ?? '').replace(now?.personal?.text ?? text, fallback) });
        }
        if (kind === 'rename' && review !== undefined) run.services.contacts.update({ id: review.delivery.contactId ?? '', firstName: `Name${who}${deeds.length}` });
        if (kind === 'retry' && review !== undefined) {
          const now = reviewOf(email);
          if ((await allowed(() => run.services.deliveries.retry(review.delivery.id))) && now !== undefined) approve(now);
        }
        if (kind === 'retryMany') {
          before.filter(({ personal }) => personal?.source !== 'model').forEach(approve);
          await run.services.deadLetters.retryMany({ filter: { state: 'held', heldFor: 'approval' } });
        }
        if (kind === 'pause') await allowed(() => run.services.campaigns.pause(run.campaignId));
        if (kind === 'resume') await allowed(() => run.services.campaigns.resume(run.campaignId));
        if (kind === 'restart') await run.restart();
        if (kind === 'write') run.reviews.write({});
        if (kind === 'modelGone') run.host.fail('/api/chat', { kind: 'dropped' }, { kind: 'garbage' });
        if (!stale) read.push(...run.waiting());
      }
      await allowed(() => run.services.campaigns.resume(run.campaignId));
      await until(async () => {
        for (const review of run.waiting()) await approveSeen(review);
        return run.smtp.messages().length === people.length;
      }, 'everybody got their mail');
      for (const { to, source = '' } of run.smtp.messages()) {
        const { text = '' } = await PostalMime.parse(source);
        expect([...(approved.get(to) ?? [])]).toContain(squeezed(text));
      }
      await run.stop();
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
