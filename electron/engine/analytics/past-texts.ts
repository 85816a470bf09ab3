import type { SequenceGraph, VariantNumbers } from '../../../shared/schemas/sequence.ts';
import { textOfHtml } from '../composing/index.ts';
import { fold } from '../lib/fold.ts';
import type { Store } from '../store/index.ts';
import type { PastText } from './worked-before.ts';

/** Versions of a sequence whose texts are looked at, newest first. */
const mostVersions = 20;
const mostSimilar = 3000;
/** A snippet that is shorter stands in mails by chance. */
const shortestSnippet = 40;

/**
 * The mails of all sequences and the snippets, with what they did: a snippet did what the mails did that hold it. A mail's
 * text is the one of its newest version; `likeContactId` counts beside, among people with the company, a tag or a word of the title in common.
 */
export async function readPastTexts(store: Store, numbersOf: (sequenceId: string) => Promise<VariantNumbers[]>, likeContactId: string | null): Promise<PastText[]> {
  const similar = likeContactId === null ? null : similarNumbers(store, likeContactId);
  const mails: PastText[] = [];
  for (const { id, name } of store.prepareRead('select id, name from sequences order by id').all() as { id: string; name: string }[]) {
    const numbers = new Map((await numbersOf(id)).map((own) => [keyOf(own.stepId, own.variantId), own]));
    if (numbers.size === 0) continue;
    const versions = store.prepareRead('select graph from sequence_versions where sequence_id = ? order by number desc limit ?').all(id, mostVersions) as { graph: string }[];
    for (const { graph } of versions) {
      const emails = (JSON.parse(graph) as SequenceGraph).steps.flatMap((step) => (step.type === 'email' ? [step] : []));
      for (const [index, step] of emails.entries()) {
        for (const variant of step.variants) {
          const key = keyOf(step.id, variant.id);
          const own = numbers.get(key);
          if (own === undefined) continue;
          numbers.delete(key);
          const [original] = step.variants;
          const body = variant.html === '' && variant.text === '' ? original : variant;
          const text = body === undefined ? '' : body.text.trim() !== '' ? body.text : textOfHtml(body.html);
          mails.push({
            ...{ kind: 'mail', id: `${id} ${key}`, name, stepNumber: index + 1, subject: variant.subject || (original?.subject ?? ''), text },
            ...{ mailed: own.mailed, replied: own.replied, similar: similar?.get(`${id} ${key}`) ?? (similar === null ? null : { mailed: 0, replied: 0 }) },
          });
        }
      }
    }
  }
  return [...mails, ...snippets(store, mails)];
}

function keyOf(stepId: string, variantId: string): string {
  return `${stepId} ${variantId}`;
}

function snippets(store: Store, mails: readonly PastText[]): PastText[] {
  const folded = mails.map((mail) => ({ mail, text: fold(mail.text) }));
  const rows = store.prepareRead(`select id, name, html, text from templates where kind = 'snippet'`).all() as { id: string; name: string; html: string; text: string }[];
  return rows.flatMap(({ id, name, html, text }) => {
    const plain = text.trim() !== '' ? text : textOfHtml(html);
    const holding = folded.filter((each) => plain.length >= shortestSnippet && each.text.includes(fold(plain))).map(({ mail }) => mail);
    const sum = (of: (mail: PastText) => number) => holding.reduce((all, mail) => all + of(mail), 0);
    const similar = holding.some((mail) => mail.similar !== null) ? { mailed: sum((mail) => mail.similar?.mailed ?? 0), replied: sum((mail) => mail.similar?.replied ?? 0) } : null;
    return holding.length === 0
      ? []
      : [{ kind: 'snippet' as const, id, name, stepNumber: null, subject: '', text: plain, mailed: sum(({ mailed }) => mailed), replied: sum(({ replied }) => replied), similar }];
  });
}

/** What each variant did among people like a contact, by `sequence step variant`. Bounded by the number of people looked at. */
function similarNumbers(store: Store, contactId: string): Map<string, { mailed: number; replied: number }> {
  const contact = store.prepareRead('select title, company, tags from contacts where id = ?').get(contactId) as { title: string; company: string; tags: string } | undefined;
  const words = [...new Set(fold(contact?.title ?? '').match(/\p{L}{4,}/gu) ?? [])].slice(0, 4);
  const conditions = [
    'exists (select 1 from json_each(c.tags) t where t.value in (select value from json_each(@tags)))',
    `(@company <> '' and lower(c.company) = lower(@company))`,
    ...words.map((_, index) => `instr(lower(c.title), @word${index}) > 0`),
  ];
  const people = store
    .prepareRead(`select c.id from contacts c where c.last_sent_at is not null and c.id <> @id and (${conditions.join(' or ')}) order by c.last_sent_at desc limit ${mostSimilar}`)
    .all({
      id: contactId,
      tags: contact?.tags ?? '[]',
      company: contact?.company.trim() ?? '',
      ...Object.fromEntries(words.map((word, index) => [`word${index}`, word])),
    }) as { id: string }[];
  const rows = store
    .prepareRead(
      `select v.sequence_id as sequenceId, d.step_id as stepId, coalesce(d.variant_id, 'A') as variantId, count(distinct d.contact_id) as mailed,
         count(distinct iif(exists (select 1 from replies r where r.contact_id = d.contact_id and r.delivery_id = d.id and r.class = 'human'), d.contact_id, null)) as replied
       from json_each(?) p join deliveries d on d.contact_id = p.value join enrolments e on e.id = d.enrolment_id join sequence_versions v on v.id = e.sequence_version_id
       where d.state = 'sent' and d.step_id is not null group by 1, 2, 3`,
    )
    .all(JSON.stringify(people.map(({ id }) => id))) as { sequenceId: string; stepId: string; variantId: string; mailed: number; replied: number }[];
  return new Map(rows.map(({ sequenceId, stepId, variantId, mailed, replied }) => [`${sequenceId} ${keyOf(stepId, variantId)}`, { mailed, replied }]));
}
