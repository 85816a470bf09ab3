import { asc, eq, sql } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import { providerOfHost } from '../../../shared/providers.ts';
import type { PageQuery } from '../../../shared/schemas/common.ts';
import type { Mailbox, MailboxInput, MailboxLimits, MailboxPatch, OAuthSettings } from '../../../shared/schemas/mailbox.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Logger, MailTransports, Network, ServerAccess } from '../ports.ts';
import { schema, type Store, type Tx } from '../store/index.ts';
import { discoverServers } from './autoconfig.ts';
import { createDomainHealth } from './domain-health.ts';
import type { DnsRecord } from '../../../shared/schemas/domain-health.ts';
import { dkimRecord } from '../lib/dkim.ts';
import { createDkimKeys } from './dkim-keys.ts';
import { checkInput, passwordOf, type ServerInput } from './input.ts';
import { listMailboxes } from './list.ts';
import { createMailboxTest } from './mailbox-test.ts';
import { noNetwork } from './network.ts';
import { imapSecret, sameServer, smtpSecret, storedServer, toMailbox, type MailboxRow } from './rows.ts';
import { createSignIns } from './sign-in.ts';
import { createMailboxTokens, type Grant } from './tokens.ts';

/** What mailboxes need of the vault. */
export interface SecretStore {
  isLocked(): boolean;
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
  /** Absent = nothing is looked up. */
  readonly network?: Network | undefined;
  /** In the transaction that deletes a mailbox: what waits for it must be held or cancelled. */
  readonly onRemoved?: (tx: Tx, mailboxId: string) => void;
}

export type MailboxChange = 'added' | 'changed' | 'removed';
type Trouble = 'needs_login' | 'unreachable';

const { mailboxes } = schema;

export type Mailboxes = ReturnType<typeof createMailboxes>;

/** Accounts: settings, passwords, connection tests, state. Errors are AppError with fields. */
export function createMailboxes(deps: MailboxesDeps) {
  const { store, events, clock, ids, log, vault, transports } = deps;
  const network = deps.network ?? noNetwork;
  const findNow = (id: string): MailboxRow | null => find(store.read, id);
  const tokens = createMailboxTokens({
    store,
    clock,
    log,
    vault,
    network,
    find: findNow,
    inUse: consentInUse,
    onRefused: (tx, id, reason) => setTrouble(tx, id, 'needs_login', reason),
  });
  const signIns = createSignIns({ clock, ids, log, network, onDone: signedIn, onUnused: takeBack });
  const health = createDomainHealth({ store, events, clock, log, network, find: findNow });
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
    const now = clock.now();
    const since = values.state === undefined ? {} : { stateSince: sql`iif(${mailboxes.state} = ${values.state}, ${mailboxes.stateSince}, ${now})` };
    tx.orm
      .update(mailboxes)
      .set({ ...values, ...since, updatedAt: now })
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
    const password = input === undefined || input === null ? undefined : passwordOf(input);
    if (input === null) vault.remove(name);
    else if (password !== undefined) vault.set(name, password);
  }

  const dkim = createDkimKeys(vault);

  function create(input: MailboxInput): Mailbox {
    checkInput(input);
    const id = ids.next();
    const now = clock.now();
    const grant = input.signIn === undefined ? null : signIns.grant(input.signIn);
    store.transaction((tx) => {
      refuseDuplicate(tx, input.address, null);
      const { name, fromName, address, replyTo, signatureHtml, aliases, sendAs, limits, calendar, absences } = input;
      const imap = input.imap === null ? null : storedServer(input.imap);
      const provider = providerOfHost(input.smtp.host);
      tx.orm
        .insert(mailboxes)
        .values({
          id,
          name,
          fromName,
          address,
          replyTo,
          signatureHtml,
          aliases,
          sendAs,
          limits,
          calendar,
          absences,
          dkim: input.dkim,
          smtp: storedServer(input.smtp),
          imap,
          provider,
          state: 'untested',
          stateSince: now,
          createdAt: now,
          updatedAt: now,
        })
        .run();
      dkim.keep(id, input);
      keepSecret(smtpSecret(id), input.smtp);
      if (input.imap !== null) keepSecret(imapSecret(id), input.imap);
      if (grant !== null) tokens.keep(tx, id, grant);
      events.append(tx, { type: 'mailbox_created', actor: 'person', mailboxId: id });
      announce(tx, id, 'added');
    });
    if (input.signIn !== undefined) signIns.taken(input.signIn);
    return get(id);
  }

  function update(input: MailboxPatch & { id: string }): Mailbox {
    const { id, smtp, imap, limits, dkimKey, ...others } = input;
    store.transaction((tx) => {
      const row = need(tx.orm, id);
      const given = Object.fromEntries(Object.entries(limits ?? {}).filter(([, value]) => value !== undefined)) as Partial<MailboxLimits>;
      const rest = { ...others, limits: limits === undefined ? undefined : { ...row.limits, ...given } };
      checkInput({ smtp, imap, ...rest });
      if (rest.address !== undefined) refuseDuplicate(tx, rest.address, id);
      const values: Partial<MailboxRow> = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const nextSmtp = smtp === undefined ? row.smtp : storedServer(smtp);
      const nextImap = imap === undefined ? row.imap : imap === null ? null : storedServer(imap);
      if (smtp !== undefined) Object.assign(values, { smtp: nextSmtp, provider: providerOfHost(nextSmtp.host) ?? (nextSmtp.host === row.smtp.host ? row.provider : null) });
      if (imap !== undefined) values.imap = nextImap;
      const reconnect = !sameServer(row.smtp, nextSmtp) || !sameServer(row.imap, nextImap) || smtp?.password !== undefined || (imap !== null && imap?.password !== undefined);
      if (reconnect || (rest.address !== undefined && rest.address !== row.address)) {
        // What was learnt and what went wrong belong to the old settings.
        Object.assign(values, { failures: 0, backoffUntil: 0, sentCopy: 'unknown', sentFolder: null, messageIdPolicy: 'unknown' });
        if (row.state !== 'paused') Object.assign(values, { state: 'untested', stateReason: null });
      }
      change(tx, id, values);
      dkim.keep(id, { dkim: others.dkim === undefined ? row.dkim : others.dkim, dkimKey });
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
      takeBackLater(tx, row);
      tx.orm.delete(mailboxes).where(eq(mailboxes.id, id)).run();
      dkim.keep(id, { dkim: null });
      vault.remove(smtpSecret(id));
      vault.remove(imapSecret(id));
      tokens.forget(id);
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
    if (server === null) return null;
    if (server.auth === 'oauth2') return { ...server, password: '', accessToken: (renew) => tokens.token(id, renew) };
    return { ...server, password: vault.get(side === 'smtp' ? smtpSecret(id) : imapSecret(id)) ?? '' };
  }

  /** Both sides log in with tokens from now on. */
  function signedIn(id: string, grant: Grant): void {
    store.transaction((tx) => {
      const row = find(tx.orm, id);
      if (row === null) throw new AppError('not_found', 'You agreed, but the mailbox was deleted meanwhile, so the sign-in was not kept. Add the mailbox anew to use it.');
      const withAuth = (server: schema.StoredServer): schema.StoredServer => ({ ...server, auth: 'oauth2' });
      const state = row.state === 'paused' ? {} : ({ state: 'untested', stateReason: null } as const);
      change(tx, id, { smtp: withAuth(row.smtp), imap: row.imap === null ? null : withAuth(row.imap), failures: 0, backoffUntil: 0, ...state });
      takeBackLater(tx, row);
      tokens.keep(tx, id, grant);
      events.append(tx, { type: 'mailbox_updated', actor: 'person', mailboxId: id });
      announce(tx, id, 'changed');
    });
  }

  function consentInUse({ provider, clientId, account }: OAuthSettings): boolean {
    const same = ({ oauth }: MailboxRow): boolean => oauth?.provider === provider && oauth.clientId === clientId && oauth.account.toLowerCase() === account.toLowerCase();
    return store.read.select().from(mailboxes).all().some(same);
  }

  function takeBack({ settings, clientSecret, tokens: { access, refresh } }: Grant): void {
    void tokens.revoke(settings, { access, refresh, clientSecret });
  }

  /** Tells the provider after the commit that a mailbox no longer uses its consent. */
  function takeBackLater(tx: Tx, { id, oauth }: MailboxRow): void {
    // Locked away, the tokens can be told to nobody; the mailbox goes all the same.
    const held = oauth === null || vault.isLocked() ? null : tokens.read(id);
    if (oauth !== null && held !== null) tx.afterCommit(() => void tokens.revoke(oauth, held));
  }

  /** Forgets the tokens and asks the provider to take the consent back. Passwords that were stored are used again. */
  function signOut(id: string): Mailbox {
    store.transaction((tx) => {
      const row = need(tx.orm, id);
      if (row.oauth === null) return;
      takeBackLater(tx, row);
      const withPassword = ({ auth: _, ...server }: schema.StoredServer): schema.StoredServer => server;
      const known = vault.get(smtpSecret(id)) !== null;
      const state =
        row.state === 'paused' ? {} : ({ state: known ? 'untested' : 'needs_login', stateReason: known ? null : 'Signed out. Sign in again or enter a password.' } as const);
      change(tx, id, { oauth: null, smtp: withPassword(row.smtp), imap: row.imap === null ? null : withPassword(row.imap), ...state });
      tokens.forget(id);
      events.append(tx, { type: 'mailbox_updated', actor: 'person', mailboxId: id });
      announce(tx, id, 'changed');
    });
    return get(id);
  }

  const { test, testSettings } = createMailboxTest({
    ...{ store, events, clock, ids, log, vault, transports, find, change, access },
    token: (id, signIn, renew) => (signIn === undefined ? tokens.token(id ?? '', renew) : Promise.resolve(signIns.grant(signIn).tokens.access)),
    onReconnect: (tx, id) => announce(tx, id, 'changed'),
    onReturned: (id, messages) =>
      void health.learn(id, messages).catch((error: unknown) => log.warn({ err: error, mailboxId: id }, 'the signing keys of own mail could not be learnt')),
  });

  return {
    list: (query: PageQuery) => listMailboxes(store, query, clock.now()),
    create,
    get,
    dkimKey: dkim.key,
    /** The TXT record that the own signing key needs; null without a key. */
    dkimRecord(id: string): DnsRecord | null {
      const settings = get(id).dkim;
      const key = settings === null ? null : dkim.key(id, settings);
      return key === null ? null : { type: 'TXT', name: `${key.selector}._domainkey.${key.domain}`, value: dkimRecord(key) };
    },
    update,
    remove,
    pause,
    resume,
    resumeDue,
    test,
    testSettings,
    /** Finds the servers of an address, until `signal` gives the search up. */
    discover: (address: string, signal?: AbortSignal) => discoverServers(network, address, signal),
    signIns: { start: signIns.start, get: signIns.get, cancel: signIns.cancel },
    signOut,
    health,
    access,
    setTrouble,
    setRecovered,
    setInboxTrouble,
    setInboxChecked,
    /** The stored row, null when it is gone. */
    row: findNow,
    rows: (): MailboxRow[] => store.read.select().from(mailboxes).orderBy(asc(mailboxes.createdAt), asc(mailboxes.id)).all(),
    /** Tells after the commit that a mailbox came, went or connects otherwise. Returns the unsubscribe. */
    onChange(listener: (mailboxId: string, change: MailboxChange) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Ends sign-ins that still wait for a person. */
    stop: signIns.stop,
  };
}
