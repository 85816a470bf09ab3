import type { LinkProps } from '@tanstack/react-router';
import {
  IconActivity,
  IconAddressBook,
  IconArrowsSplit2,
  IconAt,
  IconChartBar,
  IconChecklist,
  IconEyeCheck,
  IconInbox,
  IconLayoutDashboard,
  IconSend,
  IconSettings,
  IconTemplate,
  type Icon,
} from '@tabler/icons-react';
import type { MessageKey } from '../lib/messages/index.ts';

/** A screen of the navigation; `key` after `g` goes there. */
export interface Place {
  readonly to: NonNullable<LinkProps['to']>;
  readonly text: MessageKey;
  readonly icon: Icon;
  readonly key: string;
}

export const places: readonly Place[] = [
  { to: '/', text: 'nav.dashboard', icon: IconLayoutDashboard, key: 'd' },
  { to: '/inbox', text: 'nav.inbox', icon: IconInbox, key: 'i' },
  { to: '/tasks', text: 'nav.tasks', icon: IconChecklist, key: 't' },
  { to: '/review', text: 'reviews.title', icon: IconEyeCheck, key: 'r' },
  { to: '/campaigns', text: 'nav.campaigns', icon: IconSend, key: 'c' },
  { to: '/sequences', text: 'nav.sequences', icon: IconArrowsSplit2, key: 's' },
  { to: '/templates', text: 'nav.templates', icon: IconTemplate, key: 'l' },
  { to: '/contacts', text: 'nav.contacts', icon: IconAddressBook, key: 'p' },
  { to: '/activity', text: 'nav.activity', icon: IconActivity, key: 'a' },
  { to: '/analytics', text: 'nav.analytics', icon: IconChartBar, key: 'n' },
  { to: '/mailboxes', text: 'nav.mailboxes', icon: IconAt, key: 'm' },
];

export const settingsPlace: Place = { to: '/settings', text: 'nav.settings', icon: IconSettings, key: 'e' };
