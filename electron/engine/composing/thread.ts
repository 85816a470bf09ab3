/** Threads: what a follow-up answers to (RFC 5322 section 3.6.4). */

export interface Thread {
  /** Subject of the thread, with or without `Re:`. */
  readonly subject: string;
  /** Message-ID of the last mail. Null where it is not known any more. */
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
}

const replyPrefix = /^(?:\s*re\s*(?:\[\d+\])?\s*[:：])+\s*/i;

/** The subject without any leading `Re:`. */
export function threadSubject(subject: string): string {
  return subject.replace(replyPrefix, '').trim();
}

/** The subject with exactly one `Re:`. */
export function replySubject(subject: string): string {
  return `Re: ${threadSubject(subject)}`;
}

/** Header lines grow with every mail: the first of the thread and the newest are what clients look at. */
const mostReferences = 20;

/** A Message-ID with its angle brackets, or null where the text is none. */
export function messageIdOf(text: string): string | null {
  const id = text.trim().replace(/^<|>$/g, '');
  // eslint-disable-next-line no-control-regex -- a stored id may come from another program's mail
  return id === '' || id.length > 900 || /[\u0000-\u0020<>\u007f-\uffff]/.test(id) ? null : `<${id}>`;
}

/** The References of an answer: the chain so far and the mail answered to, each once, oldest first. */
export function referencesOf(thread: Thread): string[] {
  const ids = new Set<string>();
  for (const text of thread.inReplyTo === null ? thread.references : [...thread.references, thread.inReplyTo]) {
    const id = messageIdOf(text);
    if (id !== null) {
      ids.delete(id);
      ids.add(id);
    }
  }
  const chain = [...ids];
  return chain.length <= mostReferences ? chain : [...chain.slice(0, 1), ...chain.slice(1 - mostReferences)];
}
