import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Mailbox, MailboxInput, MailboxLimits, MailboxPatch, MailboxTest } from '../../../shared/schemas/mailbox.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import { containing } from '../lib/page.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger, MailTransports, ServerAccess } from '../ports.ts';
import { schema, type Store, type Tx } from '../store/index.ts';
import { testImap, testSmtp } from './connection-test.ts';
import { checkInput, type ServerInput } from './input.ts';
import { makeRoundTrip, type RoundTrip } from './round-trip.ts';
import { imapSecret, smtpSecret, toMailbox, type MailboxRow } from './rows.ts';

/** What mailboxes need of the vault. */
export interface SecretStore {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
}

export interface MailboxesDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly vault: SecretStore;
  readonly transports: MailTransports;
  /** In the transaction that deletes a mailbox: what waits for it must be held or cancelled. */
  readonly onRemoved?: (tx: Tx, mailboxId: string) => void;
}

export type MailboxChange = 'added' | 'changed' | 'removed';
export type TestSettingsInput = Pick<MailboxInput, 'address' | 'smtp' | 'imap'> & { id?: string | undefined };
type StoredServer = schema.StoredServer;
type Trouble = 'needs_login' | 'unreachable';

const { mailboxes } = schema;
const sortColumns = { name: mailboxes.name, address: mailboxes.address, state: mailboxes.state, createdAt: mailboxes.createdAt } as const;

export type Mailboxes = ReturnType<typeof createMailboxes>;

/** Accounts: settings, passwords, connection tests, state. Errors are AppError with fields. */
export function createMailboxes(deps: MailboxesDeps) {
  const { store, events, clock, ids, log, vault, transports } = deps;
  const listeners = new Set<(mailboxId: string, change: MailboxChange) => void>();

  function announce(tx: Tx, mailboxId: string, change: MailboxChange): void {
    tx.afterCommit(() => {
      for (const listener of listeners) listener(mailboxId, change);
    });
  }

  function find(orm: Store['read'], id: string): MailboxRow | null {
    return orm.select().from(mailboxes).where(eq(mailboxes.id, id)).get() ?? null;
  }

  function need(orm: Store['read'], id: string): MailboxRow {
    const row = find(orm, id);
    if (row === null) throw new AppError('not_found', 'This mailbox does not exist any more.');
    return row;
  }

  function get(id: string): Mailbox {
    return toMailbox(store, need(store.read, id), clock.now());
  }

  function change(tx: Tx, id: string, values: Partial<MailboxRow>): void {
    tx.orm
      .update(mailboxes)
      .set({ ...values, updatedAt: clock.now() })
      .where(eq(mailboxes.id, id))
      .run();
  }

  function refuseDuplicate(tx: Tx, address: string, exceptId: string | null): void {
    const other = tx.orm
      .select()
      .from(mailboxes)
      .where(sql`lower(${mailboxes.address}) = lower(${address})`)
      .get();
    if (other === undefined || other.id === exceptId) return;
    throw new AppError('conflict', `The mailbox "${other.name}" already uses ${address}.`, { fields: { address: 'Another mailbox already uses this address' } });
  }

  function keepSecret(name: string, input: ServerInput | null | undefined): void {
    if (input === null) vault.remove(name);
    else if (input?.password !== undefined) vault.set(name, input.password);
  }

  function list(query: PageQuery): Page<Mailbox> {
    const [name, descending] = query.sort?.startsWith('-') === true ? [query.sort.slice(1), true] : [query.sort ?? 'createdAt', false];
    if (!Object.hasOwn(sortColumns, name))
      throw new AppError('bad_request', `Mailboxes cannot be sorted by ${name}.`, { fields: { sort: `One of ${Object.keys(sortColumns).join(', ')}` } });
    const column = sortColumns[name as keyof typeof sortColumns];
    const like = containing(query.q ?? '');
    const where: SQL | undefined =
      query.q === undefined || query.q === '' ? undefined : sql`(${mailboxes.name} like ${like} escape '\\' or ${mailboxes.address} like ${like} escape '\\')`;
    const offset = readCursor(query.cursor);
    const rows = store.read
      .select()
      .from(mailboxes)
      .where(and(where))
      .orderBy(descending ? desc(column) : asc(column), asc(mailboxes.id))
      .limit(query.limit)
      .offset(offset)
      .all();
    const total =
      store.read
        .select({ count: sql<number>`count(*)` })
        .from(mailboxes)
        .where(and(where))
        .get()?.count ?? 0;
    const now = clock.now();
    const next = offset + rows.length;
    return { items: rows.map((row) => toMailbox(store, row, now)), nextCursor: next < total ? Buffer.from(String(next)).toString('base64url') : null, total };
  }

  function create(input: MailboxInput): Mailbox {
    checkInput(input);
    const id = ids.next();
    const now = clock.now();
    store.transaction((tx) => {
      refuseDuplicate(tx, input.address, null);
      const { name, fromName, address, replyTo, signatureHtml, limits, calendar } = input;
      const imap = input.imap === null ? null : stored(input.imap);
      tx.orm
        .insert(mailboxes)
        .values({ id, name, fromName, address, replyTo, signatureHtml, limits, calendar, smtp: stored(input.smtp), imap, state: 'untested', createdAt: now, updatedAt: now })
        .run();
      keepSecret(smtpSecret(id), input.smtp);
      if (input.imap !== null) keepSecret(imapSecret(id), input.imap);
      events.append(tx, { type: 'mailbox_created', actor: 'person', mailboxId: id });
      announce(tx, id, 'added');
    });
    return get(id);
  }

  function update(input: MailboxPatch & { id: string }): Mailbox {
    const { id, smtp, imap, limits, ...others } = input;
    store.transaction((tx) => {
      const row = need(tx.orm, id);
      const given = Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)) as Partial<MailboxLimits>;
      const rest = { ...others, limits: limits === undefined ? undefined : { ...row.limits, ...given } };
      checkInput({ smtp, imap, ...rest });
      if (rest.address !== undefined) refuseDuplicate(tx, rest.address, id);
      const values: Partial<MailboxRow> = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const nextSmtp = smtp === undefined ? row.smtp : stored(smtp);
      const nextImap = imap === undefined ? row.imap : imap === null ? null : stored(imap);
      if (smtp !== undefined) values.smtp = nextSmtp;
      if (imap !== undefined) values.imap = nextImap;
      const reconnect = !sameServer(row.smtp, nextSmtp) || !sameServer(row.imap, nextImap) || smtp?.password !== undefined || (imap !== null && imap?.password !== undefined);
      if (reconnect || (rest.address !== undefined && rest.address !== row.address)) {
        // What was learnt and what went wrong belong to the old settings.
        Object.assign(values, { failures: 0, backoffUntil: 0, sentCopy: 'unknown', sentFolder: null, messageIdPolicy: 'unknown' });
        if (row.state !== 'paused') Object.assign(values, { state: 'untested', stateReason: null });
      }
      change(tx, id, values);
      keepSecret(smtpSecret(id), smtp);
      keepSecret(imapSecret(id), imap);
      events.append(tx, { type: 'mailbox_updated', actor: 'person', mailboxId: id });
      if (reconnect) announce(tx, id, 'changed');
    });
    return get(id);
  }

  function remove(id: string): { id: string; deleted: true } {
    store.transaction((tx) => {
      const row = need(tx.orm, id);
      const user = tx
        .prepare(`select name from campaigns where status in ('running', 'paused') and exists (select 1 from json_each(mailbox_ids) where value = ?) limit 1`)
        .get(id) as { name: string } | undefined;
      if (user !== undefined) throw new AppError('in_use', `The campaign "${user.name}" sends from this mailbox. Stop it, or take the mailbox out of it, then delete.`);
      deps.onRemoved?.(tx, id);
      tx.orm.delete(mailboxes).where(eq(mailboxes.id, id)).run();
      vault.remove(smtpSecret(id));
      vault.remove(imapSecret(id));
      events.append(tx, { type: 'mailbox_deleted', actor: 'person', mailboxId: id, data: { name: row.name } });
      announce(tx, id, 'removed');
    });
    return { id, deleted: true };
  }

  function pause(id: string, until: number | null, reason: string | null = null, actor: 'person' | 'engine' = 'person'): Mailbox {
    store.transaction((tx) => {
      need(tx.orm, id);
      if (until !== null && until <= clock.now()) throw new AppError('validation', 'The pause must end in the future.', { fields: { until: 'A moment in the future, or empty' } });
      change(tx, id, { state: 'paused', pausedUntil: until, stateReason: reason });
      events.append(tx, { type: 'mailbox_paused', actor, mailboxId: id, reason, data: { until } });
    });
    return get(id);
  }

  function resumeRow(tx: Tx, row: MailboxRow, actor: 'person' | 'engine'): void {
    change(tx, row.id, { state: row.lastTestAt === null ? 'untested' : 'ready', pausedUntil: null, stateReason: null, failures: 0, backoffUntil: 0 });
    events.append(tx, { type: 'mailbox_resumed', actor, mailboxId: row.id });
  }

  /** Also takes a mailbox out of trouble, so that the next mail tries again at once. */
  function resume(id: string): Mailbox {
    store.transaction((tx) => {
      const row = need(tx.orm, id);
      if ((row.state === 'ready' || row.state === 'untested') && row.failures === 0 && row.backoffUntil <= clock.now()) return;
      resumeRow(tx, row, 'person');
      announce(tx, id, 'changed');
    });
    return get(id);
  }

  /** Ends pauses whose time is over. Returns how many. */
  function resumeDue(): number {
    const due = store.prepareRead(`select id from mailboxes where state = 'paused' and paused_until <= ?`).all(clock.now()) as { id: string }[];
    if (due.length > 0) {
      store.transaction((tx) => {
        for (const { id } of due) {
          const row = find(tx.orm, id);
          if (row?.state === 'paused' && row.pausedUntil !== null && row.pausedUntil <= clock.now()) resumeRow(tx, row, 'engine');
        }
      });
    }
    return due.length;
  }

  function setTrouble(tx: Tx, id: string, state: Trouble, reason: string): void {
    const row = find(tx.orm, id);
    // A person's pause stands above what a server says; the trouble shows again after it.
    if (row === null || row.state === 'paused' || (row.state === state && row.stateReason === reason)) return;
    change(tx, id, { state, stateReason: reason });
    events.append(tx, { type: 'mailbox_trouble', actor: 'server', mailboxId: id, reason, data: { state, side: 'smtp' } });
  }

  function setRecovered(tx: Tx, id: string): void {
    const row = find(tx.orm, id);
    if (row === null || (row.state !== 'needs_login' && row.state !== 'unreachable')) return;
    change(tx, id, { state: 'ready', stateReason: null, failures: 0, backoffUntil: 0 });
    events.append(tx, { type: 'mailbox_recovered', actor: 'server', mailboxId: id });
  }

  /** The inbox cannot be read: sending goes on under the freshness rule, so only the reason is shown, not the state. Null = it can be read again. */
  function setInboxTrouble(tx: Tx, id: string, reason: string | null): void {
    const row = find(tx.orm, id);
    if (row === null || (row.state !== 'ready' && row.state !== 'untested') || row.stateReason === reason) return;
    change(tx, id, { stateReason: reason });
    events.append(tx, { type: reason === null ? 'mailbox_recovered' : 'mailbox_trouble', actor: 'server', mailboxId: id, reason, data: { state: row.state, side: 'imap' } });
  }

  /** A successful look at the inbox. No event: it happens every minute. */
  function setInboxChecked(tx: Tx, id: string): void {
    tx.prepare('update mailboxes set inbox_checked_at = ? where id = ?').run(clock.now(), id);
  }

  function access(id: string, side: 'smtp' | 'imap'): ServerAccess | null {
    const row = find(store.read, id);
    const server = row?.[side] ?? null;
    return server === null ? null : { ...server, password: vault.get(side === 'smtp' ? smtpSecret(id) : imapSecret(id)) ?? '' };
  }

  async function connectBoth(smtpAccess: ServerAccess, imapAccess: ServerAccess | null, roundTripFor: string | null): Promise<{ test: MailboxTest; trip: RoundTrip | null }> {
    const [smtp, imap] = await Promise.all([testSmtp(transports, smtpAccess, clock), testImap(transports, imapAccess, clock)]);
    let trip: RoundTrip | null = null;
    try {
      if (roundTripFor !== null && smtp.session !== null && imap.session !== null) {
        trip = await makeRoundTrip({ address: roundTripFor, smtp: smtp.session, imap: imap.session, folders: imap.folders, clock, ids });
      } else if (roundTripFor !== null) {
        trip = {
          side: { ok: false, stage: 'skipped', message: 'A round trip needs both SMTP and IMAP.', durationMs: 0 },
          sentCopy: 'unknown',
          sentFolder: null,
          messageIdPolicy: 'unknown',
        };
      }
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      trip = {
        side: { ok: false, stage: 'find', message: `The connection was lost during the round trip: ${said}. Try again.`, durationMs: 0 },
        sentCopy: 'unknown',
        sentFolder: null,
        messageIdPolicy: 'unknown',
      };
    } finally {
      smtp.session?.close();
      void imap.session?.close();
    }
    const ok = smtp.side.ok && imap.side.ok && (trip === null || trip.side.ok);
    return { test: { ok, smtp: smtp.side, imap: imap.side, roundTrip: trip?.side ?? null, sentCopy: trip?.sentCopy ?? 'unknown' }, trip };
  }

  async function test(id: string, roundTrip: boolean): Promise<MailboxTest> {
    const before = need(store.read, id);
    const smtpAccess = access(id, 'smtp');
    if (smtpAccess === null) throw new AppError('not_found', 'This mailbox does not exist any more.');
    const { test: result, trip } = await connectBoth(smtpAccess, access(id, 'imap'), roundTrip ? before.address : null);
    const learnt = trip !== null && trip.sentCopy !== 'unknown';
    store.transaction((tx) => {
      const row = find(tx.orm, id);
      if (row === null) return;
      // Settings that changed meanwhile were not the ones tested.
      const same = sameServer(row.smtp, before.smtp) && sameServer(row.imap, before.imap);
      const connected = result.smtp.ok && result.imap.ok;
      const values: Partial<MailboxRow> = { lastTestAt: clock.now() };
      if (same && learnt) Object.assign(values, { sentCopy: trip.sentCopy, sentFolder: trip.sentFolder, messageIdPolicy: trip.messageIdPolicy });
      if (same && connected && row.state !== 'paused') Object.assign(values, { state: 'ready', stateReason: null, failures: 0, backoffUntil: 0 });
      if (same && !result.smtp.ok && row.state !== 'paused')
        Object.assign(values, { state: result.smtp.stage === 'login' ? 'needs_login' : 'unreachable', stateReason: result.smtp.message });
      if (same && result.smtp.ok && !result.imap.ok && row.state !== 'paused') values.stateReason = result.imap.message;
      change(tx, id, values);
      const failed = [result.smtp, result.imap, result.roundTrip].find((side) => side !== null && !side.ok);
      events.append(tx, {
        type: 'mailbox_tested',
        actor: 'person',
        mailboxId: id,
        reason: failed?.message ?? null,
        data: { ok: result.ok, roundTrip: roundTrip ? result.sentCopy : null },
      });
      if (same && connected) announce(tx, id, 'changed');
    });
    log.info({ mailboxId: id, ok: result.ok, smtp: result.smtp.stage, imap: result.imap.stage }, 'mailbox tested');
    return { ...result, sentCopy: learnt ? result.sentCopy : before.sentCopy };
  }

  async function testSettings(input: TestSettingsInput): Promise<MailboxTest> {
    checkInput({ address: input.address, smtp: input.smtp, imap: input.imap });
    const { id } = input;
    const password = (server: ServerInput, secret: (id: string) => string): string => server.password ?? (id === undefined ? '' : (vault.get(secret(id)) ?? ''));
    const smtpAccess = { ...stored(input.smtp), password: password(input.smtp, smtpSecret) };
    const imapAccess = input.imap === null ? null : { ...stored(input.imap), password: password(input.imap, imapSecret) };
    return (await connectBoth(smtpAccess, imapAccess, null)).test;
  }

  return {
    list,
    create,
    get,
    update,
    remove,
    pause,
    resume,
    resumeDue,
    test,
    testSettings,
    access,
    setTrouble,
    setRecovered,
    setInboxTrouble,
    setInboxChecked,
    /** The stored row, null when it is gone. */
    row: (id: string): MailboxRow | null => find(store.read, id),
    rows: (): MailboxRow[] => store.read.select().from(mailboxes).orderBy(asc(mailboxes.createdAt), asc(mailboxes.id)).all(),
    /** Tells after the commit that a mailbox came, went or connects otherwise. Returns the unsubscribe. */
    onChange(listener: (mailboxId: string, change: MailboxChange) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function stored(input: ServerInput): StoredServer {
  const { host, port, security, user, allowSelfSigned } = input;
  return { host, port, security, user, allowSelfSigned };
}

function sameServer(a: StoredServer | null, b: StoredServer | null): boolean {
  if (a === null || b === null) return a === b;
  return a.host === b.host && a.port === b.port && a.security === b.security && a.user === b.user && a.allowSelfSigned === b.allowSelfSigned;
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,9}$/.test(text)) throw new AppError('bad_request', 'This page cursor is not valid.', { fields: { cursor: 'Not a cursor of this list' } });
  return Number(text);
}
