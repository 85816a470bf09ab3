import type { ImapFlow, ListResponse, MailboxLockObject } from 'imapflow';
import { isIP } from 'node:net';
import { ConnectError, type ConnectStage, type FolderRole, type FolderStatus, type InboxFolder, type InboxMessage, type InboxSession, type ServerAccess } from '../ports.ts';

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
  responseText?: string;
}

const certificateCode = /^(ERR_SSL_|ERR_TLS_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_|EPROTO$|UPGRADE_TIMEOUT$|STARTTLS_INJECTION$)/;

function stageOf(error: ImapError): ConnectStage {
  if (error.authenticationFailed === true) return 'login';
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'resolve';
  if (error.tlsFailed === true || certificateCode.test(error.code ?? '')) return 'tls';
  return 'connect';
}

const roles: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Junk': 'junk',
  '\\Archive': 'archive',
  '\\All': 'all',
  '\\Trash': 'trash',
  '\\Drafts': 'drafts',
};

function roleOf(folder: ListResponse): FolderRole {
  if (folder.path.toUpperCase() === 'INBOX') return 'inbox';
  return roles[folder.specialUse ?? ''] ?? 'other';
}

/**
 * Opens a logged-in IMAP connection that only reads: folders are opened with EXAMINE and bodies fetched with PEEK, so
 * that no message is ever marked as read; the one write is `append`. Throws `ConnectError` with the stage it came to.
 * `starttls` refuses to go on without encryption, `none` never upgrades.
 */
export async function openImapSession(server: ServerAccess, signal?: AbortSignal, options: ImapSessionOptions = {}): Promise<InboxSession> {
  const settings = { ...defaults, ...options };
  // Loaded with the first mailbox: a third of the memory at start.
  const { ImapFlow: Client } = await import('imapflow');
  const client = new Client({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'tls' ? {} : { doSTARTTLS: server.security === 'starttls' }),
    ...(isIP(server.host) === 0 ? { servername: server.host } : {}),
    auth: { user: server.user, pass: server.password },
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
    const aborted = (signal as AbortSignal | undefined)?.aborted === true;
    throw new ConnectError(aborted ? 'connect' : stageOf(error), aborted ? 'Cancelled' : (error.responseText ?? error.message), null, { cause: error });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return wrap(client, settings.sourceCap, closeCallbacks);
}

function wrap(client: ImapFlow, sourceCap: number, closeCallbacks: Set<() => void>): InboxSession {
  let watched: { path: string; onNew: () => void } | null = null;
  /** Where everything up to `uid` is known to be read, as long as the folder stays selected and does not grow. */
  let clean: { path: string; uid: number } | null = null;

  client.on('exists', ({ path, count, prevCount }) => {
    if (count <= prevCount) return;
    if (clean?.path === path) clean = null;
    if (watched?.path === path) watched.onNew();
  });
  client.on('mailboxOpen', () => {
    clean = null;
  });

  /** Runs `work` with the folder selected read-only and up to date; a watched folder is selected again afterwards, so that IDLE listens to it. */
  async function inFolder<T>(path: string, work: () => Promise<T>): Promise<T> {
    const lock = await open(path);
    try {
      return await work();
    } finally {
      lock.release();
      if (watched !== null && watched.path !== path && client.usable) await open(watched.path).then((again) => again.release());
    }
  }

  async function open(path: string): Promise<MailboxLockObject> {
    const selected = client.mailbox !== false && client.mailbox.path === path;
    const lock = await client.getMailboxLock(path, { readOnly: true });
    // A fresh EXAMINE knows all messages; a folder that stayed selected learns of new ones by any command.
    if (selected) await client.noop();
    if (!client.usable) {
      lock.release();
      throw new Error('The connection was lost');
    }
    return lock;
  }

  return {
    get usable() {
      return client.usable;
    },
    async folders() {
      const list = await client.list();
      return list
        .filter((folder) => !folder.flags.has('\\Noselect') && !folder.flags.has('\\NonExistent'))
        .map((folder): InboxFolder => ({ path: folder.path, role: roleOf(folder) }));
    },
    async status(path): Promise<FolderStatus> {
      const status = await client.status(path, { uidValidity: true, uidNext: true });
      if (status === false || status.uidValidity === undefined || status.uidNext === undefined) throw new Error(`The folder ${path} cannot be read`);
      return { uidValidity: String(status.uidValidity), uidNext: status.uidNext };
    },
    async *fetchAfter(path, afterUid): AsyncIterable<InboxMessage> {
      const uids = await inFolder(path, async () => {
        if (clean !== null && clean.path === path && afterUid >= clean.uid) return [];
        if (client.mailbox === false || client.mailbox.exists === 0) return [];
        const found: number[] = [];
        // `n:*` always includes the newest message (RFC 3501 section 9), so its UID may lie below n.
        for await (const message of client.fetch(`${afterUid + 1}:*`, { uid: true }, { uid: true })) if (message.uid > afterUid) found.push(message.uid);
        if (found.length === 0) clean = { path, uid: afterUid };
        return found.sort((a, b) => a - b);
      });
      // In small groups: a slow consumer must neither hold the folder nor pile up sources in memory.
      for (let at = 0; at < uids.length; at += groupSize) {
        const group = uids.slice(at, at + groupSize);
        const messages = await inFolder(path, () => client.fetchAll(group.join(','), { uid: true, internalDate: true, source: { start: 0, maxLength: sourceCap } }, { uid: true }));
        for (const message of messages.sort((a, b) => a.uid - b.uid)) {
          if (message.source === undefined || !group.includes(message.uid)) continue;
          const date = message.internalDate instanceof Date ? message.internalDate.getTime() : Date.parse(String(message.internalDate));
          yield { uid: message.uid, source: message.source, receivedAt: Number.isNaN(date) ? 0 : date };
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
    async append(path, raw, receivedAt) {
      const done = await client.append(path, Buffer.from(raw), ['\\Seen'], new Date(receivedAt));
      if (done === false) throw new Error(`The server did not store the message in ${path}`);
    },
    async watch(path, onNew) {
      watched = { path, onNew };
      (await open(path)).release();
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

const groupSize = 20;

async function closedOrTired(client: ImapFlow): Promise<void> {
  const patience = AbortSignal.timeout(2000);
  await new Promise<void>((resolve) => {
    patience.addEventListener('abort', () => resolve(), { once: true });
    client.once('close', () => resolve());
  });
}
