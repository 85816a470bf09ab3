import { AppError } from '../../../shared/errors.ts';
import type { Campaign, CampaignCounts, CampaignInput, CampaignPatch, CampaignStatus, Audience, Preflight } from '../../../shared/schemas/campaign.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Logger } from '../ports.ts';
import { parseRules } from '../scheduling/index.ts';
import { firstEmails, reachableEmails, type Enrolments } from '../sequences/index.ts';
import { oneOf, schema, type Store, type Tx } from '../store/index.ts';
import { audienceDomains, audienceZones, missingFields, undeliverablePeople, viewAudience, type AudienceDeps } from './audience.ts';
import { chosenMailboxes } from './chosen-mailboxes.ts';
import type { Launcher } from './launch.ts';
import { launchTarget } from './launch-target.ts';
import { checkPreflight } from './preflight.ts';
import { peopleOfOtherProviders } from './recipient-providers.ts';

export interface Campaigns {
  /** `ownerId` null = those of the owner by the launch token. */
  list(query: PageQuery & { status?: CampaignStatus | undefined; ownerId?: string | null | undefined }): Page<Campaign>;
  /** `ownerId` is the profile that creates it; null = the owner by the launch token. */
  create(input: CampaignInput, ownerId?: string | null): Campaign;
  get(id: string): Campaign;
  update(id: string, patch: CampaignPatch): Campaign;
  remove(id: string): void;
  preflight(id: string): Preflight;
  /** Pins the active version, enrols the audience and starts sending. Throws preflight_failed with the reasons. */
  launch(id: string): Promise<Campaign>;
  pause(id: string): Campaign;
  resume(id: string): Campaign;
  stop(id: string): Promise<Campaign>;
  enrol(id: string, contactIds: readonly string[]): Promise<{ enrolled: number; leftOut: number }>;
  /** Goes on with launches that a crash interrupted. */
  recover(): Promise<void>;
  /** Closes campaigns whose last enrolment has ended. */
  closeFinished(tx: Tx): void;
}

interface CampaignRow {
  id: string;
  name: string;
  sequenceId: string;
  sequenceName: string;
  versionId: string | null;
  versionNumber: number | null;
  status: CampaignStatus;
  statusReason: string | null;
  ownerId: string | null;
  audience: string;
  mailboxIds: string;
  rules: string;
  launchedAt: number | null;
  pausedAt: number | null;
  createdAt: number;
  updatedAt: number;
}

const columns = `g.id, g.name, g.sequence_id as sequenceId, s.name as sequenceName, g.sequence_version_id as versionId, v.number as versionNumber, g.status, g.status_reason as statusReason, g.owner_id as ownerId,
  g.audience, g.mailbox_ids as mailboxIds, g.rules, g.launched_at as launchedAt, g.paused_at as pausedAt, g.created_at as createdAt, g.updated_at as updatedAt`;
const joins = 'from campaigns g join sequences s on s.id = g.sequence_id left join sequence_versions v on v.id = g.sequence_version_id';

/** Marks a launch that has not enrolled everybody yet. */
const enrolling = 'enrolling';

export interface CampaignsDeps extends AudienceDeps {
  store: Store;
  events: Events;
  clock: Clock;
  ids: Ids;
  log: Logger;
  enrolments: Enrolments;
  launcher: Launcher;
  counts(campaignIds: readonly string[]): Map<string, CampaignCounts>;
  /** Merge fields without fallback that the graph needs. */
  requiredFields(graph: SequenceGraph): string[];
  /** Notes on the texts of its mails; nothing of them blocks. */
  copyNotes(graph: SequenceGraph): number;
  secretsLocked(): boolean;
  wake(): void;
}

export function createCampaigns(deps: CampaignsDeps): Campaigns {
  const { store, events, clock, ids, log, enrolments, launcher } = deps;

  function rowOf(id: string): CampaignRow {
    const row = store.prepareRead(`select ${columns} ${joins} where g.id = ?`).get(id) as CampaignRow | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such campaign.');
    return row;
  }

  function present(rows: readonly CampaignRow[]): Campaign[] {
    const counts = deps.counts(rows.map((row) => row.id));
    return rows.map((row) => {
      const next = store
        .prepareRead(
          `select min(slot_at) as at from deliveries indexed by deliveries_campaign where campaign_id = ? and ${oneOf('state', schema.unsentStates)} and state in ('planned','deferred')`,
        )
        .get(row.id) as { at: number | null };
      const own = counts.get(row.id);
      if (own === undefined) throw new AppError('internal', 'A campaign could not be counted.');
      return {
        id: row.id,
        name: row.name,
        sequenceId: row.sequenceId,
        sequenceName: row.sequenceName,
        sequenceVersion: row.versionNumber,
        status: row.status,
        statusReason: row.statusReason,
        ownerId: row.ownerId,
        audience: JSON.parse(row.audience) as Audience,
        mailboxIds: JSON.parse(row.mailboxIds) as string[],
        rules: parseRules(row.rules),
        counts: own,
        nextSlotAt: next.at,
        launchedAt: row.launchedAt,
        createdAt: row.createdAt,
        updatedAt: row.updatedAt,
      };
    });
  }

  function get(id: string): Campaign {
    return present([rowOf(id)])[0] as Campaign;
  }

  function checkReferences(input: { sequenceId?: string | undefined; mailboxIds?: readonly string[] | undefined; audience?: Audience | undefined }): void {
    const fields: Record<string, string> = {};
    if (input.sequenceId !== undefined && store.prepareRead('select 1 from sequences where id = ?').get(input.sequenceId) === undefined)
      fields['sequenceId'] = 'There is no such sequence.';
    if (input.mailboxIds !== undefined && chosenMailboxes(store, input.mailboxIds).length !== new Set(input.mailboxIds).size)
      fields['mailboxIds'] = 'One of these mailboxes does not exist.';
    const listIds = new Set(input.audience?.listIds ?? []);
    if (listIds.size > 0) {
      const known = store.prepareRead('select count(*) as n from lists where id in (select value from json_each(?))').get(JSON.stringify([...listIds])) as { n: number };
      if (known.n !== listIds.size) fields['audience.listIds'] = 'One of these lists does not exist.';
    }
    if (input.audience?.segmentIds?.some((id) => store.prepareRead('select 1 from segments where id = ?').get(id) === undefined) === true)
      fields['audience.segmentIds'] = 'One of these segments does not exist.';
    if (Object.keys(fields).length > 0) throw new AppError('validation', Object.values(fields).join(' '), { fields });
  }

  function sequenceOf(row: CampaignRow): { versionId: string | null; graph: SequenceGraph; draftChanged: boolean } {
    const sequence = store
      .prepareRead(
        'select s.active_version_id as versionId, v.graph as graph, s.draft as draft from sequences s left join sequence_versions v on v.id = s.active_version_id where s.id = ?',
      )
      .get(row.sequenceId) as { versionId: string | null; graph: string | null; draft: string };
    return {
      versionId: sequence.versionId,
      graph: sequence.graph === null ? { steps: [] } : (JSON.parse(sequence.graph) as SequenceGraph),
      draftChanged: sequence.graph !== null && sequence.graph !== sequence.draft,
    };
  }

  function preflight(id: string): Preflight {
    const row = rowOf(id);
    const audience = JSON.parse(row.audience) as Audience;
    const rules = parseRules(row.rules);
    const mailboxIds = JSON.parse(row.mailboxIds) as string[];
    const mailboxes = chosenMailboxes(store, mailboxIds);
    const { versionId, graph, draftChanged } = sequenceOf(row);
    return checkPreflight({
      status: row.status,
      audience: viewAudience(deps, id, audience, rules),
      audienceNamed: audience.everyone || audience.listIds.length + audience.contactIds.length + (audience.segmentIds ?? []).length > 0,
      sequenceActive: versionId !== null,
      draftChanged,
      followUps: Math.max(0, reachableEmails(graph).length - firstEmails(graph).size),
      rules,
      mailboxes,
      zones: audienceZones(deps, audience),
      otherProviders: rules.providerMatching === 'strict' ? peopleOfOtherProviders(store, audienceDomains(deps, audience), mailboxes) : 0,
      missingMailboxes: new Set(mailboxIds).size - mailboxes.length,
      copyNotes: deps.copyNotes(graph),
      undeliverable: undeliverablePeople(deps, audience),
      missingFields: missingFields(deps, audience, deps.requiredFields(graph)),
      secretsLocked: deps.secretsLocked(),
      now: clock.now(),
    });
  }

  function setStatus(tx: Tx, id: string, status: CampaignStatus, reason: string | null): void {
    tx.prepare('update campaigns set status = ?, status_reason = ?, updated_at = ? where id = ?').run(status, reason, clock.now(), id);
  }

  async function enrolAll(row: CampaignRow): Promise<void> {
    const launched = launchTarget(store, row.id);
    // A draft has no earlier enrolments, and a launch that goes on after a crash must not take who is through for new.
    const target = { ...launched, rules: { ...launched.rules, reEnrol: 'never' as const } };
    const total = viewAudience(deps, row.id, target.audience, target.rules).enrollable;
    const progress = (done: number, state: string) => events.progress({ task: 'launch', id: row.id, done, total, state });
    const done = await launcher.enrolAll(
      target,
      (count) => progress(count, 'running'),
      () => rowOf(row.id).status === 'stopped',
    );
    progress(done, 'finished');
    store.transaction((tx) => tx.prepare(`update campaigns set status_reason = null where id = ? and status_reason = ?`).run(row.id, enrolling));
    deps.wake();
  }

  /** After mailboxes or rules changed: a crash meanwhile is made good by `recover`. */
  async function placeHomeless(id: string): Promise<void> {
    try {
      const placed = await launcher.placeHomeless(launchTarget(store, id));
      if (placed > 0) deps.wake();
    } catch (error) {
      log.error({ err: error, campaignId: id }, 'people without a mailbox could not be given another one; the next start tries again');
    }
  }

  function wrongStatus(row: CampaignRow, wish: string): AppError {
    return new AppError('wrong_state', `The campaign is ${row.status}; it cannot be ${wish}.`, { status: row.status });
  }

  return {
    get,
    preflight,
    list(query) {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const filters: [string, string | null | undefined][] = [
        ['g.status = ?', query.status],
        ["g.name like ? escape '\\'", query.q === undefined || query.q === '' ? undefined : containing(query.q)],
        ['g.owner_id is ?', query.ownerId],
      ];
      const used = filters.filter(([, value]) => value !== undefined);
      const parts = ['1', ...used.map(([sql]) => sql)];
      const params = used.map(([, value]) => value ?? null);
      const total = (store.prepareRead(`select count(*) as n from campaigns g where ${parts.join(' and ')}`).get(...params) as { n: number }).n;
      const rows = store
        .prepareRead(
          `select ${columns} ${joins} where ${parts.join(' and ')} ${after === null ? '' : 'and (g.created_at, g.id) < (?, ?)'} order by g.created_at desc, g.id desc limit ?`,
        )
        .all(...params, ...(after ?? []), query.limit + 1) as CampaignRow[];
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items: present(items), nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.createdAt, last.id]) : null, total };
    },
    create(input, ownerId = null) {
      checkReferences(input);
      const id = ids.next();
      const now = clock.now();
      store.transaction((tx) =>
        tx
          .prepare(
            `insert into campaigns (id, name, sequence_id, owner_id, status, audience, mailbox_ids, rules, created_at, updated_at) values (?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?)`,
          )
          .run(id, input.name, input.sequenceId, ownerId, JSON.stringify(input.audience), JSON.stringify([...new Set(input.mailboxIds)]), JSON.stringify(input.rules), now, now),
      );
      return get(id);
    },
    update(id, patch) {
      const row = rowOf(id);
      if (row.status !== 'draft' && (patch.sequenceId !== undefined || patch.audience !== undefined))
        throw new AppError('wrong_state', 'Sequence and audience are fixed once a campaign was launched. Copy the campaign instead.');
      if (row.status === 'stopped' || row.status === 'finished') {
        if (patch.mailboxIds !== undefined || patch.rules !== undefined) throw wrongStatus(row, 'changed');
      }
      const living = row.status === 'running' || row.status === 'paused';
      if (living && patch.mailboxIds?.length === 0)
        throw new AppError('validation', 'Nobody could be written to without a mailbox. Choose another one first, or stop the campaign.', {
          fields: { mailboxIds: 'At least one mailbox must stay' },
        });
      checkReferences(patch);
      if (patch.ownerId != null && store.prepareRead('select 1 from profiles where id = ?').get(patch.ownerId) === undefined)
        throw new AppError('validation', 'There is no such person in this workspace.', { fields: { ownerId: 'No such person' } });
      store.transaction((tx) =>
        tx
          .prepare('update campaigns set name = ?, sequence_id = ?, owner_id = ?, audience = ?, mailbox_ids = ?, rules = ?, updated_at = ? where id = ?')
          .run(
            patch.name ?? row.name,
            patch.sequenceId ?? row.sequenceId,
            patch.ownerId === undefined ? row.ownerId : patch.ownerId,
            patch.audience === undefined ? row.audience : JSON.stringify(patch.audience),
            patch.mailboxIds === undefined ? row.mailboxIds : JSON.stringify([...new Set(patch.mailboxIds)]),
            patch.rules === undefined ? row.rules : JSON.stringify({ ...parseRules(row.rules), ...patch.rules }),
            clock.now(),
            id,
          ),
      );
      if (living && (patch.mailboxIds !== undefined || patch.rules !== undefined)) void placeHomeless(id);
      deps.wake();
      return get(id);
    },
    remove(id) {
      const row = rowOf(id);
      if (row.status === 'running' || row.status === 'paused') throw new AppError('in_use', 'Stop the campaign before you delete it.');
      store.transaction((tx) => {
        // What happened to people stays: only a campaign that never sent anything is deleted with its rows.
        const sent = tx.prepare('select 1 from deliveries where campaign_id = ? limit 1').get(id);
        if (sent !== undefined) throw new AppError('in_use', 'This campaign has mailed people; its history is kept. It can only be left stopped.');
        tx.prepare('delete from enrolments where campaign_id = ?').run(id);
        tx.prepare('delete from campaigns where id = ?').run(id);
      });
    },
    async launch(id) {
      const check = preflight(id);
      const blocking = check.items.filter((item) => item.blocking && !item.ok);
      if (blocking.length > 0) {
        throw new AppError(blocking.some((item) => item.code === 'draft') ? 'wrong_state' : 'preflight_failed', blocking.map((item) => item.message).join(' '), {
          items: blocking.map((item) => item.code),
        });
      }
      const { versionId } = sequenceOf(rowOf(id));
      store.transaction((tx) => {
        const changed = tx
          .prepare(`update campaigns set status = 'running', status_reason = ?, sequence_version_id = ?, launched_at = ?, updated_at = ? where id = ? and status = 'draft'`)
          .run(enrolling, versionId, clock.now(), clock.now(), id);
        if (changed.changes !== 1) throw new AppError('wrong_state', 'The campaign was launched already.');
        events.append(tx, { type: 'campaign_launched', actor: 'person', campaignId: id, data: { people: check.people } });
      });
      await enrolAll(rowOf(id));
      return get(id);
    },
    pause(id) {
      const row = rowOf(id);
      if (row.status !== 'running') throw wrongStatus(row, 'paused');
      store.transaction((tx) => {
        tx.prepare(`update campaigns set status = 'paused', paused_at = ?, updated_at = ? where id = ?`).run(clock.now(), clock.now(), id);
        events.append(tx, { type: 'campaign_paused', actor: 'person', campaignId: id });
      });
      return get(id);
    },
    resume(id) {
      const row = rowOf(id);
      if (row.status !== 'paused') throw wrongStatus(row, 'resumed');
      const now = clock.now();
      const pausedAt = row.pausedAt ?? now;
      store.transaction((tx) => {
        tx.prepare(`update campaigns set status = 'running', status_reason = iif(status_reason = ?, status_reason, null), paused_at = null, updated_at = ? where id = ?`).run(
          enrolling,
          now,
          id,
        );
        // The clock was frozen: what was left of each delay is still left.
        tx.prepare(
          `update deliveries set slot_at = max(slot_at, max(@pausedAt, updated_at)) + (@now - max(@pausedAt, updated_at)), why = 'slot', why_detail = 'campaign_paused', updated_at = @now where campaign_id = @id and ${oneOf('state', schema.unsentStates)} and state in ('planned','deferred')`,
        ).run({ pausedAt, now, id });
        tx.prepare(
          `update enrolments set wake_at = max(wake_at, @pausedAt) + @shift, entered_at = entered_at + @shift where campaign_id = @id and state = 'active' and wake_at is not null`,
        ).run({ pausedAt, shift: now - pausedAt, id });
        events.append(tx, { type: 'campaign_resumed', actor: 'person', campaignId: id, data: { shiftMs: now - pausedAt } });
      });
      deps.wake();
      return get(id);
    },
    async stop(id) {
      const row = rowOf(id);
      if (row.status !== 'running' && row.status !== 'paused') throw wrongStatus(row, 'stopped');
      // The status comes first: from here on nothing of this campaign is claimed.
      store.transaction((tx) => {
        setStatus(tx, id, 'stopped', null);
        events.append(tx, { type: 'campaign_stopped', actor: 'person', campaignId: id });
      });
      await stopEnrolments(id);
      return get(id);
    },
    async enrol(id, contactIds) {
      const row = rowOf(id);
      if (row.status === 'finished') {
        store.transaction((tx) => setStatus(tx, id, 'running', null));
      } else if (row.status !== 'running' && row.status !== 'paused') throw wrongStatus(row, 'extended');
      const enrolled = await launcher.enrolAll(
        launchTarget(store, row.id, { listIds: [], contactIds: [...contactIds], everyone: false }),
        () => undefined,
        () => rowOf(id).status === 'stopped',
      );
      deps.wake();
      return { enrolled, leftOut: new Set(contactIds).size - enrolled };
    },
    async recover() {
      const rows = store.prepareRead(`select id, status, status_reason as reason from campaigns where status_reason = ? or status = 'stopped'`).all(enrolling) as {
        id: string;
        status: string;
        reason: string | null;
      }[];
      for (const { id, status } of rows) {
        if (status === 'stopped') await stopEnrolments(id);
        else {
          log.info({ campaignId: id }, 'going on with an interrupted launch');
          await enrolAll(rowOf(id));
        }
      }
      for (const { id } of store.prepareRead(`select id from campaigns where status in ('running','paused')`).all() as { id: string }[]) await placeHomeless(id);
    },
    closeFinished(tx) {
      const done = tx
        .prepare(
          `select id from campaigns c where status = 'running' and status_reason is null and launched_at is not null and not exists (select 1 from enrolments e where e.campaign_id = c.id and e.state in ('pending','active','paused','held'))`,
        )
        .all() as { id: string }[];
      for (const { id } of done) {
        setStatus(tx, id, 'finished', null);
        events.append(tx, { type: 'campaign_finished', actor: 'engine', campaignId: id });
      }
    },
  };

  async function stopEnrolments(id: string): Promise<void> {
    for (;;) {
      const living = store.prepareRead(`select id from enrolments where campaign_id = ? and state in ('pending','active','paused','held') limit 200`).all(id) as { id: string }[];
      if (living.length === 0) return;
      store.transaction((tx) => {
        for (const enrolment of living) enrolments.stop(tx, enrolment.id, 'campaign_stopped', 'person');
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
