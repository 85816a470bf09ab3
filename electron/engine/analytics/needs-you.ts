import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import type { NeedsYouItem } from '../../../shared/schemas/settings.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/index.ts';

/** Unknown outcomes that are listed one by one; more of them are told as one item. */
const maxSingle = 50;
/** Holds that end by themselves, or whose cause is an item of its own (the mailbox). */
const selfHealing = ['enrolment_paused', 'stale_inbox', 'mailbox_needs_login'];

const none = { deliveryId: null, mailboxId: null, campaignId: null, replyId: null };

interface Group {
  campaignId: string | null;
  campaignName: string | null;
  why: string;
  n: number;
  at: number;
  deliveryId: string;
  detail: string | null;
}

/** Everything that waits for a person, most urgent kind first, newest first inside a kind. */
export function needsYou(deps: { store: Store; clock: Clock; pausedUntil: () => number | null; pausedReason: () => string | null }): NeedsYouItem[] {
  const { store } = deps;
  return [
    ...pausedItems(deps),
    ...mailboxItems(store),
    ...campaignItems(store),
    ...unknownItems(store),
    ...replyItems(store),
    ...taskItems(deps),
    ...failedItems(store),
    ...webhookItems(store),
    ...heldItems(store),
  ];
}

function pausedItems(deps: { store: Store; clock: Clock; pausedUntil: () => number | null; pausedReason: () => string | null }): NeedsYouItem[] {
  if (deps.pausedUntil() === null) return [];
  const since = deps.store.prepareRead(`select max(at) as at from events where type = 'sending_paused'`).get() as { at: number | null };
  const at = since.at ?? deps.clock.now();
  const detail = deps.pausedReason() ?? 'Nothing leaves until you resume.';
  return [{ ...none, id: 'sending_paused', kind: 'sending_paused', title: 'All sending is paused', detail, at, count: 1 }];
}

function mailboxItems(store: Store): NeedsYouItem[] {
  const rows = store
    .prepareRead(
      `select id, name, state, state_reason as reason, updated_at as at from mailboxes
       where state in ('needs_login', 'unreachable') or (state = 'paused' and paused_until is null and state_reason is not null) order by updated_at desc`,
    )
    .all() as { id: string; name: string; state: string; reason: string | null; at: number }[];
  const titles: Record<string, string> = { needs_login: 'refuses the login', unreachable: 'cannot be reached' };
  return rows.map((row) => ({
    ...none,
    id: `mailbox:${row.id}`,
    kind: 'mailbox' as const,
    title: `${row.name} ${titles[row.state] ?? 'was paused'}`,
    detail: row.reason ?? '',
    at: row.at,
    count: 1,
    mailboxId: row.id,
  }));
}

/** Campaigns that Homing paused by their rates: only a person starts them again. */
function campaignItems(store: Store): NeedsYouItem[] {
  const rows = store
    .prepareRead(
      `select id, name, status_reason as reason, paused_at as at from campaigns where status = 'paused' and status_reason is not null and status_reason <> 'enrolling' and paused_at is not null order by paused_at desc`,
    )
    .all() as { id: string; name: string; reason: string; at: number }[];
  return rows.map((row) => ({
    ...none,
    id: `campaign:${row.id}`,
    kind: 'campaign' as const,
    title: `${row.name} was paused`,
    detail: row.reason,
    at: row.at,
    count: 1,
    campaignId: row.id,
  }));
}

function unknownItems(store: Store): NeedsYouItem[] {
  const rows = store
    .prepareRead(
      `select d.id, d.recipient, d.campaign_id as campaignId, d.mailbox_id as mailboxId, d.sending_at as at, d.subject from deliveries d
       where d.state = 'unknown' order by d.updated_at desc limit ?`,
    )
    .all(maxSingle) as { id: string; recipient: string; campaignId: string | null; mailboxId: string | null; at: number; subject: string | null }[];
  const items: NeedsYouItem[] = rows.map((row) => ({
    ...none,
    id: `unknown:${row.id}`,
    kind: 'unknown_outcome',
    title: `Was the mail to ${row.recipient} sent?`,
    detail: `The connection broke after “${row.subject ?? ''}” had begun to leave.`,
    at: row.at,
    count: 1,
    deliveryId: row.id,
    campaignId: row.campaignId,
    mailboxId: row.mailboxId,
  }));
  const { n } = store.prepareRead(`select count(*) as n from deliveries where state = 'unknown'`).get() as {
    n: number;
  };
  const first = items[0];
  if (n > items.length && first !== undefined) {
    items.push({
      ...none,
      id: 'unknown:more',
      kind: 'unknown_outcome',
      title: `${n - items.length} more mails with unknown outcome`,
      detail: 'They are listed under Activity.',
      at: first.at,
      count: n - items.length,
    });
  }
  return items;
}

function replyItems(store: Store): NeedsYouItem[] {
  const row = store.prepareRead(`select count(*) as n, max(received_at) as at from replies where unread = 1 and class = 'human'`).get() as { n: number; at: number | null };
  if (row.n === 0 || row.at === null) return [];
  const newest = store
    .prepareRead(
      `select r.id, coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), nullif(r.from_name, ''), r.from_address) as name, r.subject
       from replies r left join contacts c on c.id = r.contact_id where r.unread = 1 and r.class = 'human' order by r.received_at desc limit 1`,
    )
    .get() as { id: string; name: string; subject: string };
  return [
    {
      ...none,
      id: 'replies',
      kind: 'reply',
      title: row.n === 1 ? `${newest.name} replied` : `${row.n} unread replies`,
      detail: row.n === 1 ? newest.subject : `The newest is from ${newest.name}: ${newest.subject}`,
      at: row.at,
      count: row.n,
      replyId: newest.id,
    },
  ];
}

/** Tasks that are due now. */
function taskItems({ store, clock }: { store: Store; clock: Clock }): NeedsYouItem[] {
  const row = store.prepareRead(`select count(*) as n, min(due_at) as at from tasks where state = 'open' and due_at <= +?`).get(clock.now()) as { n: number; at: number | null };
  if (row.n === 0 || row.at === null) return [];
  const first = store
    .prepareRead(
      `select t.title, coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email, '') as name from tasks t left join contacts c on c.id = t.contact_id
       where t.state = 'open' and t.due_at <= +? order by t.due_at, t.id limit 1`,
    )
    .get(clock.now()) as { title: string; name: string };
  const detail = `${first.title}${first.name === '' ? '' : `: ${first.name}`}`;
  return [{ ...none, id: 'tasks', kind: 'task', title: row.n === 1 ? 'One task is due' : `${row.n} tasks are due`, detail, at: row.at, count: row.n }];
}

/** Calls that were given up. */
function webhookItems(store: Store): NeedsYouItem[] {
  const row = store.prepareRead(`select count(*) as n, max(updated_at) as at from webhook_calls where state = 'failed'`).get() as { n: number; at: number | null };
  if (row.n === 0 || row.at === null) return [];
  const newest = store.prepareRead(`select url, answer from webhook_calls where state = 'failed' order by updated_at desc limit 1`).get() as { url: string; answer: string | null };
  const title = row.n === 1 ? 'A webhook could not be called' : `${row.n} webhooks could not be called`;
  return [{ ...none, id: 'webhooks', kind: 'webhook', title, detail: `${newest.url}: ${newest.answer ?? ''}`, at: row.at, count: row.n }];
}

function failedItems(store: Store): NeedsYouItem[] {
  // A bad address is settled: the person is suppressed, nothing is left to decide.
  return groups(store, 'failed', 'final_reason', `coalesce(d.answer_class, '') <> 'unknown_recipient'`, 'answer').map((group) => ({
    ...none,
    id: `failed:${group.campaignId ?? ''}:${group.why}`,
    kind: 'failed',
    title: `${mails(group.n)} could not be sent${inCampaign(group)}`,
    detail: group.detail ?? group.why,
    at: group.at,
    count: group.n,
    campaignId: group.campaignId,
    deliveryId: group.n === 1 ? group.deliveryId : null,
  }));
}

/** What is said of one mail, and of several. */
const holdTitles: Partial<Record<HoldReason, readonly [one: string, many: string]>> = {
  missing_field: ['waits for a missing value', 'wait for a missing value'],
  missing_attachment: ['waits for a missing attachment', 'wait for a missing attachment'],
  template_error: ['waits for a template to be mended', 'wait for a template to be mended'],
  approval: ['waits for your approval', 'wait for your approval'],
  no_allowed_time: ['has no allowed time to be sent', 'have no allowed time to be sent'],
  no_inbox: ['waits because the mailbox has no inbox to check for replies', 'wait because the mailbox has no inbox to check for replies'],
  stale_slot: ['missed its time: send it now?', 'missed their time: send them now?'],
  mailbox_gone: ['waits for another mailbox', 'wait for another mailbox'],
  no_matching_mailbox: ['waits for a mailbox of the same provider', 'wait for a mailbox of the same provider'],
  restored_workspace: ['waits since the workspace was restored', 'wait since the workspace was restored'],
};

function heldItems(store: Store): NeedsYouItem[] {
  const skip = selfHealing.map((why) => `'${why}'`).join(',');
  return groups(store, 'held', 'why', `d.why not in (${skip})`, 'why_detail').map((group) => ({
    ...none,
    id: `held:${group.campaignId ?? ''}:${group.why}`,
    kind: group.why === 'approval' ? ('review' as const) : ('held' as const),
    title: `${mails(group.n)} ${(holdTitles[group.why as HoldReason] ?? ['waits for you', 'wait for you'])[group.n === 1 ? 0 : 1]}${inCampaign(group)}`,
    detail: group.detail ?? '',
    at: group.at,
    count: group.n,
    campaignId: group.campaignId,
    deliveryId: group.n === 1 ? group.deliveryId : null,
  }));
}

/** Deliveries of one state by campaign and reason, with the newest one's text. */
function groups(store: Store, state: 'failed' | 'held', reason: 'final_reason' | 'why', condition: string, detail: 'answer' | 'why_detail'): Group[] {
  // SQLite takes the bare columns of the row that has the max().
  return store
    .prepareRead(
      `select d.campaign_id as campaignId, g.name as campaignName, coalesce(d.${reason}, '') as why, count(*) as n, max(d.updated_at) as at, d.id as deliveryId, d.${detail} as detail
       from deliveries d left join campaigns g on g.id = d.campaign_id
       where d.state = '${state}' and ${condition}
       group by d.campaign_id, d.${reason} order by at desc`,
    )
    .all() as Group[];
}

function mails(n: number): string {
  return n === 1 ? 'One mail' : `${n} mails`;
}

function inCampaign(group: Group): string {
  return group.campaignName === null ? '' : ` (${group.campaignName})`;
}
