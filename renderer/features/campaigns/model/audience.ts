import type { Audience, Preflight, PreflightCode } from '../../../../shared/schemas/campaign.ts';

export interface NamedList {
  readonly id: string;
  readonly name: string;
  readonly contacts: number;
}

export type AudienceSummary =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'everyone' }
  | { readonly kind: 'some'; readonly lists: readonly NamedList[]; readonly missingLists: number; readonly contacts: number; readonly atMost: number };

/** What an audience says in words. `atMost` counts people in several lists more than once and nobody of the segments: only preflight knows better. */
export function summariseAudience(audience: Audience, lists: readonly NamedList[]): AudienceSummary {
  if (audience.everyone) return { kind: 'everyone' };
  const byId = new Map(lists.map((list) => [list.id, list]));
  const known = audience.listIds.map((id) => byId.get(id)).filter((list) => list !== undefined);
  const contacts = new Set(audience.contactIds).size;
  if (audience.listIds.length === 0 && (audience.segmentIds ?? []).length === 0 && contacts === 0) return { kind: 'nobody' };
  return { kind: 'some', lists: known, missingLists: audience.listIds.length - known.length, contacts, atMost: known.reduce((sum, list) => sum + list.contacts, 0) + contacts };
}

/** Where a checklist item is put right, or what puts it right at once. */
export type FixTarget = 'activate' | 'sequence' | 'audience' | 'mailboxes' | 'mailbox' | 'rules' | 'settings' | 'undeliverable' | null;

/** Every item has an entry, so that none stands there without a way out. Null = it only informs. */
const targets: Readonly<Record<PreflightCode, FixTarget>> = {
  draft: null,
  sequence: 'sequence',
  draft_changed: 'activate',
  copy: 'sequence',
  audience: 'audience',
  mailboxes: 'mailboxes',
  mailbox_login: 'mailbox',
  mailbox_untested: 'mailbox',
  mailbox_unreachable: 'mailbox',
  mailbox_paused: 'mailbox',
  no_inbox: 'mailbox',
  secrets: 'settings',
  time: 'rules',
  time_zones: 'rules',
  no_matching_mailbox: 'rules',
  zones_guessed: null,
  zones_unknown: null,
  missing_field: 'sequence',
  undeliverable: 'undeliverable',
  suppressed: null,
  owned_by_others: null,
};

/** Where an item of the checklist is put right; null for an item that needs nothing. */
export function fixTarget(code: PreflightCode): FixTarget {
  return targets[code];
}

/** Checklist order: what blocks, what is advised, what is in order. */
export function orderedItems(preflight: Preflight): Preflight['items'] {
  const rank = (item: Preflight['items'][number]) => (item.ok ? 2 : item.blocking ? 0 : 1);
  return preflight.items
    .map((item, index) => ({ item, index }))
    .sort((a, b) => rank(a.item) - rank(b.item) || a.index - b.index)
    .map(({ item }) => item);
}
