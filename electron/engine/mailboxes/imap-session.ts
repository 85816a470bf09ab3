import type { FetchMessageObject, ImapFlow, MailboxLockObject } from 'imapflow';
import { isIP } from 'node:net';
import { clearInterval, setInterval as realInterval } from 'node:timers';
import { ConnectError, headFields, type ConnectStage, type FolderStatus, type HeadQuery, type InboxHead, type InboxSession, type ServerAccess } from '../ports.ts';
import { assignRoles } from './folder-roles.ts';
import { errorWithoutSecret, hideSecret } from './hide-secret.ts';

export interface ImapSessionOptions {
  /** Bytes of a message that are read: headers and text stand at its start. */
  readonly sourceCap?: number;
  /** Real time, ms. */
  readonly connectionTimeoutMs?: number;
  readonly greetingTimeoutMs?: number;
  /** Silence after which the connection is asked, and then given up. */
  readonly socketTimeoutMs?: number;
  /** IDLE is renewed this often (RFC 2177 allows 29 minutes; NAT boxes do not), and servers without IDLE are polled this often. */
  readonly idleMs?: number;
}

const defaults = { sourceCap: 256 * 1024, connectionTimeoutMs: 20_000, greetingTimeoutMs: 15_000, socketTimeoutMs: 45_000, idleMs: 29_000 } as const;

interface ImapError extends Error {
  code?: string;
  tlsFailed?: boolean;
  authenticationFailed?: boolean;
  serverResponseCode?: string;
  responseText?: string;
  /** What the server said with BYE. */
  reason?: string;
}

const certificateCode = /^(ERR_SSL_|ERR_TLS_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_|EPROTO$|UPGRADE_TIMEOUT$|STARTTLS_INJECTION$)/;

/** Answers to a login that say nothing of the password (RFC 5530 section 3, RFC 9051 section 7.1). */
const busyCode = /^(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)$/;
const busyText = /\btoo many\b.{0,40}\b(connections|sessions|logins)\b/i;

function stageOf(error: ImapError): ConnectStage {
  const busy = busyCode.test(error.serverResponseCode ?? '') || busyText.test(error.responseText ?? '');
  if (error.authenticationFailed === true && !busy) return 'login';
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'resolve';
  if (error.tlsFailed === true || certificateCode.test(error.code ?? '')) return 'tls';
  return 'connect';
}

/**
 * Opens a logged-in IMAP connection that only reads: folders are opened with EXAMINE and bodies fetched with PEEK, so
 * that no message is ever marked as read; the one write is `append`. Throws `ConnectError` with the stage it came to.
 * `starttls` refuses to go on without encryption, `none` never upgrades.
 */
export async function openImapSession(server: ServerAccess, signal?: AbortSignal, options: ImapSessionOptions = {}): Promise<InboxSession> {
  const { accessToken } = server;
  if (accessToken === undefined) return openWith(server, { user: server.user, pass: server.password }, signal, options);
  const login = async (renew: boolean): Promise<InboxSession> => openWith(server, { user: server.user, accessToken: await accessToken(renew) }, signal, options);
  // A token may end before its time: the server knows.
  return login(false).catch((error: unknown) =>
    error instanceof ConnectError && error.cause !== undefined && error.stage === 'login' ? login(true) : Promise.reject(error as Error),
  );
}

async function openWith(
  server: ServerAccess,
  auth: { user: string; pass: string } | { user: string; accessToken: string },
  signal: AbortSignal | undefined,
  options: ImapSessionOptions,
): Promise<InboxSession> {
  const settings = { ...defaults, ...options };
  // Loaded with the first mailbox: a third of the memory at start.
  const { ImapFlow: Client } = await import('imapflow');
  const client = new Client({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'tls' ? {} : { doSTARTTLS: server.security === 'starttls' }),
    ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
    auth,
    tls: { rejectUnauthorized: !server.allowSelfSigned },
    logger: false,
    clientInfo: { name: 'Homing' },
    connectionTimeout: settings.connectionTimeoutMs,
    greetingTimeout: settings.greetingTimeoutMs,
    socketTimeout: settings.socketTimeoutMs,
    maxIdleTime: settings.idleMs,
    // IDLE starts again this long after the last command.
    autoIdleDelay: 20,
  });
  const closeCallbacks = new Set<() => void>();
  client.on('close', () => {
    for (const callback of closeCallbacks) callback();
    closeCallbacks.clear();
  });
  // Every error is followed by `close` or by the rejection of the running call.
  client.on('error', () => undefined);

  const abort = (): void => client.close();
  if (signal?.aborted === true) throw new ConnectError('connect', 'Cancelled');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
  } catch (cause) {
    client.close();
    const error = cause as ImapError;
    const hide = (text: string): string => hideSecret(text, auth.user, ['pass' in auth ? auth.pass : auth.accessToken]);
    const aborted = (signal as AbortSignal | undefined)?.aborted === true;
    const said = aborted ? 'Cancelled' : hide(error.responseText ?? error.reason ?? error.message);
    throw new ConnectError(aborted ? 'connect' : stageOf(error), said, null, { cause: errorWithoutSecret(error, hide) });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return wrap(client, settings, closeCallbacks);
}

function wrap(client: ImapFlow, { sourceCap, socketTimeoutMs }: { sourceCap: number; socketTimeoutMs: number }, closeCallbacks: Set<() => void>): InboxSession {
  let watched: { path: string; onNew: () => void } | null = null;
  /** How far the selected folder was read and how many messages it held then: later growth is at most what is new. */
  let read: { path: string; uid: number; exists: number } | null = null;

  client.on('exists', ({ path, count, prevCount }) => {
    if (count > prevCount && watched?.path === path) watched.onNew();
  });
  const forget = (): void => {
    read = null;
  };
  client.on('mailboxOpen', forget);
  // Counting what is new needs a folder that only grew.
  client.on('expunge', forget);

  /** Runs `work` with the folder selected read-only; a watched folder is selected again afterwards, so that IDLE listens to it. */
  function inFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
    return unlessSilent(() => selected(path, work));
  }

  async function selected<T>(path: string, work: () => Promise<T>): Promise<T> {
    const lock = await select(path);
    try {
      return await work();
    } finally {
      lock.release();
      if (watched !== null && watched.path !== path && client.usable) await select(watched.path).then((again) => again.release());
    }
  }

  /** A server that falls silent between our IDLE and its answer leaves the client waiting without end: nothing received for this long closes the connection. */
  async function unlessSilent<T>(work: () => Promise<T>): Promise<T> {
    let { received } = client.stats();
    const patience = realInterval(() => {
      if (client.stats().received === received) client.close();
      received = client.stats().received;
    }, 2 * socketTimeoutMs);
    return work().finally(() => clearInterval(patience));
  }

  async function select(path: string): Promise<MailboxLockObject> {
    const lock = await client.getMailboxLock(path, { readOnly: true });
    if (!client.usable) {
      lock.release();
      throw new Error('The connection was lost');
    }
    return lock;
  }

  function fetchHeads(range: string): Promise<FetchMessageObject[]> {
    return client.fetchAll(range, { uid: true, internalDate: true, headers: [...headFields] }, { uid: true });
  }

  /** UIDs that the query asks for, ascending. */
  async function list(query: HeadQuery): Promise<number[]> {
    if (client.mailbox === false || client.mailbox.exists === 0) return [];
    const { exists } = client.mailbox;
    const newest = query.newest !== undefined && query.newest < exists ? { seq: `${exists - query.newest + 1}:*` } : {};
    // The server compares days in its own zone (RFC 3501 section 6.4.4): one day of slack, and the caller checks again.
    const since = query.since === undefined || query.since === 0 ? {} : { since: new Date(query.since - dayMs) };
    const found = await client.search({ uid: `${query.afterUid + 1}:*`, ...newest, ...since }, { uid: true });
    if (!Array.isArray(found)) throw new Error(`The folder ${client.mailbox.path} cannot be searched`);
    // `n:*` always includes the newest message (RFC 3501 section 9), so its UID may lie below n.
    return found.filter((uid) => uid > query.afterUid).sort((a, b) => a - b);
  }

  /** New heads in one command, where the growth since the last reading says that they are few; else null. */
  async function fewHeads(path: string, query: HeadQuery): Promise<InboxHead[] | null> {
    if (read === null || client.mailbox === false || read.path !== path || query.afterUid < read.uid || query.since !== undefined || query.newest !== undefined) return null;
    const { exists } = client.mailbox;
    if (exists - read.exists > headGroup) return null;
    const found = exists === read.exists ? [] : (await fetchHeads(`${query.afterUid + 1}:*`)).map(toHead).filter(({ uid }) => uid > query.afterUid);
    read = { path, uid: Math.max(query.afterUid, ...found.map(({ uid }) => uid)), exists };
    return found.sort(byUid);
  }

  return {
    get usable() {
      return client.usable;
    },
    async folders() {
      const statusQuery = { uidNext: true, uidValidity: true };
      const list = await unlessSilent(() => client.list(client.capabilities.has('LIST-STATUS') ? { statusQuery } : {}));
      return assignRoles(list.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent')).map((each) => ({ ...each, status: toStatus(each.status) })));
    },
    async status(path): Promise<FolderStatus> {
      const status = toStatus(await unlessSilent(() => client.status(path, { uidValidity: true, uidNext: true })));
      if (status === null) throw new Error(`The folder ${path} cannot be read`);
      return status;
    },
    open(path) {
      const selected = client.mailbox !== false && client.mailbox.path === path;
      return inFolder(path, async () => {
        // A fresh EXAMINE knows all messages; a folder that stayed selected learns of new ones by any command.
        if (selected) await client.noop();
        const status = client.mailbox === false ? null : toStatus(client.mailbox);
        if (status === null) throw new Error(`The folder ${path} cannot be opened`);
        return status;
      });
    },
    async *heads(path, query) {
      const few = await inFolder(path, () => fewHeads(path, query));
      if (few !== null) {
        if (few.length > 0) yield few;
        return;
      }
      const { uids, exists } = await inFolder(path, async () => ({ uids: await list(query), exists: client.mailbox === false ? 0 : client.mailbox.exists }));
      for (let at = 0; at < uids.length; at += headGroup) {
        const group = uids.slice(at, at + headGroup);
        const wanted = new Set(group);
        yield (await inFolder(path, () => fetchHeads(group.join(','))))
          .filter(({ uid }) => wanted.has(uid))
          .map(toHead)
          .sort(byUid);
      }
      if (query.since === undefined && client.mailbox !== false && client.mailbox.path === path) read = { path, uid: uids.at(-1) ?? query.afterUid, exists };
    },
    async *sources(path, uids) {
      // In small groups: a slow consumer must neither hold the folder nor pile up sources in memory.
      for (let at = 0; at < uids.length; at += sourceGroup) {
        const group = uids.slice(at, at + sourceGroup);
        const messages = await inFolder(path, () => client.fetchAll(group.join(','), { uid: true, internalDate: true, source: { start: 0, maxLength: sourceCap } }, { uid: true }));
        for (const message of messages.sort(byUid)) {
          if (message.source !== undefined && group.includes(message.uid)) yield { uid: message.uid, source: message.source, receivedAt: arrival(message) };
        }
      }
    },
    findByHeader(path, header, value) {
      return inFolder(path, async () => {
        const found = await client.search({ header: { [header]: value } }, { uid: true });
        if (!Array.isArray(found)) throw new Error(`The folder ${path} cannot be searched`);
        return found;
      });
    },
    findTo(path, address, since, most) {
      return inFolder(path, async () => {
        const found = await client.search({ to: address, since: new Date(since - dayMs) }, { uid: true });
        if (!Array.isArray(found)) throw new Error(`The folder ${path} cannot be searched`);
        const newest = found.sort((a, b) => b - a).slice(0, most);
        return newest.length === 0 ? [] : (await fetchHeads(newest.join(','))).map(toHead).sort((a, b) => b.uid - a.uid);
      });
    },
    async append(path, raw, receivedAt) {
      const done = await client.append(path, Buffer.from(raw), ['\\Seen'], new Date(receivedAt));
      if (done === false) throw new Error(`The server did not store the message in ${path}`);
    },
    async watch(path, onNew) {
      watched = { path, onNew };
      (await unlessSilent(() => select(path))).release();
      // Without waiting for the idle delay: from here on the server pushes.
      client.idle().catch(() => undefined);
    },
    onClose(callback) {
      if (client.usable) closeCallbacks.add(callback);
      else callback();
    },
    async close() {
      watched = null;
      if (!client.usable) return;
      // A server that no longer answers must not keep the caller waiting.
      await Promise.race([client.logout().catch(() => undefined), closedOrTired(client)]);
      client.close();
    },
  };
}

/** About 100 kB of heads, and at most 5 MB of sources, are in memory at a time. */
const headGroup = 100;
const sourceGroup = 20;
const dayMs = 24 * 60 * 60_000;

const byUid = (a: { uid: number }, b: { uid: number }): number => a.uid - b.uid;

function arrival({ internalDate }: FetchMessageObject): number {
  const at = internalDate instanceof Date ? internalDate.getTime() : Date.parse(String(internalDate));
  return Number.isNaN(at) ? 0 : at;
}

function toHead(message: FetchMessageObject): InboxHead {
  return { uid: message.uid, head: message.headers ?? new Uint8Array(), receivedAt: arrival(message) };
}

/** Null where the server left out what reading needs. */
function toStatus(status: { uidValidity?: bigint | undefined; uidNext?: number | undefined } | false | undefined): FolderStatus | null {
  if (status === undefined || status === false || status.uidValidity === undefined || status.uidNext === undefined) return null;
  return { uidValidity: String(status.uidValidity), uidNext: status.uidNext };
}

async function closedOrTired(client: ImapFlow): Promise<void> {
  const patience = AbortSignal.timeout(2000);
  await new Promise<void>((resolve) => {
    patience.addEventListener('abort', () => resolve(), { once: true });
    client.once('close', () => resolve());
  });
}
