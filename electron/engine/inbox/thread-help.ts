import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import type { ReplyDraft, ThreadBrief } from '../../../shared/schemas/thread.ts';
import { briefThread, draftReply, factsOf, type Assist, type Thread } from '../assist/index.ts';
import type { Store } from '../store/index.ts';
import { ownText } from './reply-text.ts';

interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string;
  readonly title: string;
  readonly city: string;
  readonly country: string;
  readonly tags: string;
  readonly custom: string;
}

const nobody: Person = { firstName: '', lastName: '', company: '', title: '', city: '', country: '', tags: '[]', custom: '{}' };

export type ThreadHelp = ReturnType<typeof createThreadHelp>;

/** Help with one conversation. It reads and proposes; nothing is stored, queued or sent. */
export function createThreadHelp({ store, assist, get }: { store: Store; assist: Pick<Assist, 'complete'>; get: (id: string) => ReplyDetail }) {
  function personOf(contactId: string | null): Person {
    const row =
      contactId === null
        ? undefined
        : store.prepareRead('select first_name as firstName, last_name as lastName, company, title, city, country, tags, custom from contacts where id = ?').get(contactId);
    return (row as Person | undefined) ?? nobody;
  }

  function threadOf(reply: ReplyDetail): { thread: Thread; person: Person } {
    const person = personOf(reply.contactId);
    const mailbox = store.prepareRead('select from_name as fromName from mailboxes where id = ?').get(reply.mailboxId) as { fromName: string } | undefined;
    const messages = reply.conversation.map(({ direction, text }) => ({ direction, text: direction === 'in' ? ownText(text) : text })).filter(({ text }) => text.trim() !== '');
    const names = [`${person.firstName} ${person.lastName}`, person.firstName, person.lastName, person.company, reply.fromName]
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const thread: Thread = {
      messages,
      class: reply.class,
      intent: reply.intent,
      namesOther: reply.delegate !== null,
      firstName: person.firstName,
      names,
      sender: mailbox?.fromName ?? '',
      contactId: reply.contactId,
    };
    return { thread, person };
  }

  return {
    /** The conversation in short and what is next. Throws not_found. */
    brief: (id: string, think: boolean, signal?: AbortSignal): Promise<ThreadBrief> => briefThread(assist.complete, threadOf(get(id)).thread, { think, signal }),
    /** A proposal of an answer, for a person to read, change and send. Throws not_found. */
    draft(id: string, variation: number, signal?: AbortSignal): Promise<ReplyDraft> {
      const { thread, person } = threadOf(get(id));
      const facts = factsOf({ ...person, tags: JSON.parse(person.tags) as string[], custom: JSON.parse(person.custom) as Record<string, string>, replies: [], subjects: [] });
      return draftReply(assist.complete, thread, { facts, variation, signal });
    },
  };
}
