import type { NavigateOptions } from '@tanstack/react-router';
import { IconAddressBook, IconArrowsSplit2, IconAt, IconMessage, IconSend, type Icon } from '@tabler/icons-react';
import type { MessageKey } from '../lib/messages/index.ts';
import { client } from '../lib/client.ts';

/** Hits of one kind that are shown. */
const shown = 5;

type Go = (where: NavigateOptions) => void;

/** Something of the user's own that was found. */
export interface Hit {
  readonly id: string;
  readonly label: string;
  readonly note: string;
  readonly open: (go: Go) => void;
}

export interface Finding {
  readonly title: MessageKey;
  readonly icon: Icon;
  readonly find: (q: string, signal: AbortSignal) => Promise<Hit[]>;
}

/** What the palette looks through, in the order in which it is shown. */
export const findings: readonly Finding[] = [
  {
    title: 'nav.contacts',
    icon: IconAddressBook,
    find: async (q, signal) => {
      const { items } = await client.subscribers.list({ q, limit: shown }, { signal });
      return items.map(({ id, email, firstName, lastName, company }) => ({
        id,
        label: [firstName, lastName].filter(Boolean).join(' ') || email,
        note: [email, company].filter(Boolean).join(' · '),
        open: (go) => go({ to: '/contacts/$contactId', params: { contactId: id } }),
      }));
    },
  },
  {
    title: 'nav.campaigns',
    icon: IconSend,
    find: async (q, signal) => {
      const { items } = await client.campaigns.list({ q, limit: shown }, { signal });
      return items.map(({ id, name, sequenceName }) => ({ id, label: name, note: sequenceName, open: (go) => go({ to: '/campaigns/$campaignId', params: { campaignId: id } }) }));
    },
  },
  {
    title: 'nav.sequences',
    icon: IconArrowsSplit2,
    find: async (q, signal) => {
      const { items } = await client.sequences.list({ q, limit: shown }, { signal });
      return items.map(({ id, name, description }) => ({ id, label: name, note: description, open: (go) => go({ to: '/sequences/$sequenceId', params: { sequenceId: id } }) }));
    },
  },
  {
    title: 'nav.inbox',
    icon: IconMessage,
    find: async (q, signal) => {
      const { items } = await client.replies.list({ q, limit: shown }, { signal });
      return items.map(({ id, fromName, fromAddress, subject, snippet }) => ({
        id,
        label: fromName || fromAddress,
        note: [subject, snippet].filter(Boolean).join(' · '),
        open: (go) => go({ to: '/inbox', search: { reply: id } }),
      }));
    },
  },
  {
    title: 'nav.mailboxes',
    icon: IconAt,
    find: async (q, signal) => {
      const { items } = await client.mailboxes.list({ q, limit: shown }, { signal });
      return items.map(({ id, name, address }) => ({ id, label: name, note: address, open: (go) => go({ to: '/mailboxes', search: { edit: id } }) }));
    },
  },
];
