import type { Clock } from './lib/clock.ts';
import type { Ids } from './lib/ids.ts';
import type { Random } from './lib/random.ts';

/** The abilities a host gives the engine. Production, practice and tests differ only here. */
export interface EnginePorts {
  /** Absolute path of the workspace's data directory. It exists and its lock is held. */
  readonly dataDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Logger;
  readonly keychain: Keychain | null;
  /** The passphrase for an unattended start, from a file or the environment. */
  readonly passphrase: string | null;
  /** A folder of this user outside of the data directory: key file and what this computer remembers of the workspace. Absent = inside (tests). */
  readonly keyDir?: string | undefined;
  readonly transports: MailTransports;
  /** What is looked up beside the mail servers. Absent = the real network. */
  readonly network?: Network | undefined;
  /** Practice only: changes how fast workspace time passes. */
  readonly timeLapse: TimeLapse | null;
  /** Opens the practice workspace; null where this is one. Returns where to find it, or null when a window was opened. */
  readonly openPractice: (() => Promise<{ url: string | null }>) | null;
}

export interface TimeLapse {
  readonly factor: number;
  setFactor(factor: number): void;
}

/** Structured log. Never pass secrets, message bodies or tokens. */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
  child(bindings: object): Logger;
}

/** The operating system's keychain. `available` is false where only a plain-text fallback exists. */
export interface Keychain {
  available(): boolean;
  wrap(plain: Uint8Array): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

export interface MailTransports {
  openSmtp(server: ServerAccess, signal?: AbortSignal): Promise<SmtpSession>;
  openInbox(server: ServerAccess, signal?: AbortSignal): Promise<InboxSession>;
}

/** Where and how to log in. `password` is in memory only. */
export interface ServerAccess {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly password: string;
  readonly allowSelfSigned: boolean;
  /**
   * Present = log in with an access token (SASL XOAUTH2). `renew` after the server refused the last one. Rejects with
   * a `ConnectError`: stage `login` when only a person can help, `connect` when trying again later may.
   */
  readonly accessToken?: ((renew: boolean) => Promise<string>) | undefined;
}

/** A look-up's outcome. `none` = answered that there is nothing; `unknown` = not answered, which proves nothing. */
export type DnsAnswer<T> = { readonly kind: 'found'; readonly records: readonly T[] } | { readonly kind: 'none' } | { readonly kind: 'unknown'; readonly cause: string };

/** An aborted question is `unknown`, at once. */
export interface DnsResolver {
  /** Best preference first, hosts in lower case. */
  mx(name: string, signal?: AbortSignal): Promise<DnsAnswer<{ host: string; priority: number }>>;
  txt(name: string, signal?: AbortSignal): Promise<DnsAnswer<string>>;
  /** Best priority first. */
  srv(name: string, signal?: AbortSignal): Promise<DnsAnswer<{ host: string; port: number }>>;
  /** IPv4 before IPv6. */
  addresses(name: string, signal?: AbortSignal): Promise<DnsAnswer<string>>;
}

export interface Network {
  readonly dns: DnsResolver;
  /** For authorization servers, whose addresses a person chose. */
  readonly fetch: (url: string, options: RequestInit) => Promise<Response>;
  /** To hosts of language models; where nothing may leave this computer, to those on it. */
  readonly modelFetch: (url: string, options: RequestInit) => Promise<Response>;
  /** A text document over HTTPS; null when there is none, it is too large, slow, would lead to a private address, or `signal` is aborted. */
  getDocument(url: string, signal?: AbortSignal): Promise<string | null>;
  /** Whether a mail server with a valid certificate (`tls`) or greeting (`starttls`) answers there. */
  greets(host: string, port: number, security: 'tls' | 'starttls', allowPrivate: boolean, signal?: AbortSignal): Promise<boolean>;
}

export type ConnectStage = 'resolve' | 'connect' | 'tls' | 'login';

/** Thrown by `openSmtp` and `openInbox`: how far it came and what the server said. */
export class ConnectError extends Error {
  readonly stage: ConnectStage;
  readonly answer: SmtpAnswer | null;

  constructor(stage: ConnectStage, message: string, answer: SmtpAnswer | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectError';
    this.stage = stage;
    this.answer = answer;
  }
}

/** An SMTP answer (RFC 5321 section 4.2, RFC 3463 for `enhanced`). */
export interface SmtpAnswer {
  readonly code: number;
  readonly enhanced: string | null;
  readonly text: string;
}

export interface OutgoingMessage {
  readonly from: string;
  readonly to: string;
  /** Complete RFC 5322 message with CRLF line ends; dot-stuffing is the session's work. */
  readonly raw: Uint8Array;
}

export interface SendHooks {
  /**
   * Called when the server answered 354, before the first body byte. Resolves true to go on. False withdraws: the
   * connection is dropped without a final dot, so that the server discards the message (RFC 5321 section 4.1.1.4).
   */
  beforeBody(): Promise<boolean>;
}

/** What became of one message. `unknown` is the third outcome: the body had begun and no answer came. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly answer: SmtpAnswer }
  | { readonly kind: 'refused'; readonly phase: 'mail' | 'rcpt' | 'data' | 'body'; readonly answer: SmtpAnswer }
  /** `untried`: the connection ended for the sake of a message before, this one was not looked at. */
  | { readonly kind: 'not_started'; readonly cause: string; readonly untried?: boolean }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'unknown'; readonly cause: string };

/** A logged-in SMTP connection. Messages leave in the order in which they are given to it. */
export interface SmtpSession {
  readonly id: string;
  /** Whether it pays to give it a message while the one before is under way (RFC 2920). */
  readonly pipelining: boolean;
  /** False once the connection is closed or must not be used again. */
  readonly usable: boolean;
  send(message: OutgoingMessage, hooks: SendHooks): Promise<SendOutcome>;
  close(): void;
}

export type FolderRole = 'inbox' | 'sent' | 'junk' | 'archive' | 'all' | 'trash' | 'drafts' | 'other';

export interface FolderStatus {
  readonly uidValidity: string;
  readonly uidNext: number;
}

export interface InboxFolder {
  readonly path: string;
  readonly role: FolderRole;
  /** Where the server tells it with the list (RFC 5819); null = ask `status`. */
  readonly status: FolderStatus | null;
}

/** The head of a message: only the fields that decide whether it may concern us. */
export interface InboxHead {
  readonly uid: number;
  /** A header block with `headFields`, as the server sent it. */
  readonly head: Uint8Array;
  /** When it arrived (INTERNALDATE), UTC ms; 0 = not known. */
  readonly receivedAt: number;
}

export interface InboxMessage {
  readonly uid: number;
  /** Full source, or the first part of it where it is larger than the session's cap. */
  readonly source: Uint8Array;
  readonly receivedAt: number;
}

export interface HeadQuery {
  readonly afterUid: number;
  /** Only messages that arrived at this moment or later (checked by day at the server); 0 = all. */
  readonly since?: number;
  /** At most so many, the newest; absent = all. */
  readonly newest?: number;
}

/** A logged-in reading connection to a mailbox. It never changes flags: folders are opened read-only (EXAMINE, BODY.PEEK). */
export interface InboxSession {
  readonly usable: boolean;
  folders(): Promise<InboxFolder[]>;
  /** State of a folder without opening it. */
  status(path: string): Promise<FolderStatus>;
  /** Opens a folder, or brings the open one up to date: all that arrived before the call is seen by what follows. */
  open(path: string): Promise<FolderStatus>;
  /** Heads of messages with a UID above `afterUid`, ascending, in groups of bounded size. Other calls may come between two groups. */
  heads(path: string, query: HeadQuery): AsyncIterable<InboxHead[]>;
  /** Sources of messages, ascending; those that vanished meanwhile are left out. */
  sources(path: string, uids: readonly number[]): AsyncIterable<InboxMessage>;
  /** UIDs whose header contains the value. */
  findByHeader(path: string, header: string, value: string): Promise<number[]>;
  /** Heads of messages to an address that arrived on the day of `since` or later, the newest first, at most `most`. */
  findTo(path: string, address: string, since: number, most: number): Promise<InboxHead[]>;
  append(path: string, raw: Uint8Array, receivedAt: number): Promise<void>;
  /** Calls `onNew` whenever the folder may have new mail, until the session closes. Uses IDLE where offered, else polls. */
  watch(path: string, onNew: () => void): Promise<void>;
  onClose(callback: () => void): void;
  close(): Promise<void>;
}

/** The header fields of an `InboxHead`: addresses, thread, and what machines say of themselves. */
export const headFields = [
  'From',
  'Sender',
  'Reply-To',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'In-Reply-To',
  'References',
  'Content-Type',
  'Return-Path',
  'Auto-Submitted',
  'X-Failed-Recipients',
  'X-Homing-Id',
] as const;
