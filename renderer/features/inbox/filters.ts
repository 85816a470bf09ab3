import type { ReplyClass } from '../../../shared/schemas/reply.ts';

export const inboxFilters = ['replies', 'unread', 'automatic', 'bounces', 'optOuts', 'all'] as const;
export type InboxFilter = (typeof inboxFilters)[number];

/** The classes behind each filter; own copies are never shown. */
export const classesOf: Record<InboxFilter, ReplyClass[]> = {
  replies: ['human'],
  unread: ['human', 'out_of_office', 'auto_acknowledgement', 'hard_bounce', 'soft_bounce', 'block_bounce', 'delayed_notice', 'opt_out', 'complaint', 'unrelated'],
  automatic: ['out_of_office', 'auto_acknowledgement', 'delayed_notice'],
  bounces: ['hard_bounce', 'soft_bounce', 'block_bounce'],
  optOuts: ['opt_out', 'complaint'],
  all: ['human', 'out_of_office', 'auto_acknowledgement', 'hard_bounce', 'soft_bounce', 'block_bounce', 'delayed_notice', 'opt_out', 'complaint', 'unrelated'],
};

/** Classes a person may choose from. */
export const choosable: readonly ReplyClass[] = [
  'human',
  'out_of_office',
  'auto_acknowledgement',
  'opt_out',
  'complaint',
  'hard_bounce',
  'soft_bounce',
  'block_bounce',
  'delayed_notice',
  'unrelated',
];
