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

export interface InboxFolder {
  readonly path: string;
  readonly role: FolderRole;
}

export interface InboxMessage {
  readonly uid: number;
  /** Full source, or the first part of it where it is larger than the session's cap. */
  readonly source: Uint8Array;
  readonly receivedAt: number;
}

export interface FolderStatus {
  readonly uidValidity: string;
  readonly uidNext: number;
}

/** A logged-in reading connection to a mailbox. It never changes flags: folders are opened read-only (EXAMINE, BODY.PEEK). */
export interface InboxSession {
  readonly usable: boolean;
  folders(): Promise<InboxFolder[]>;
  status(path: string): Promise<FolderStatus>;
  /** Messages with a UID above `afterUid`, ascending. */
  fetchAfter(path: string, afterUid: number): AsyncIterable<InboxMessage>;
  /** UIDs whose header contains the value. */
  findByHeader(path: string, header: string, value: string): Promise<number[]>;
  append(path: string, raw: Uint8Array, receivedAt: number): Promise<void>;
  /** Calls `onNew` whenever the folder may have new mail, until the session closes. Uses IDLE where offered, else polls. */
  watch(path: string, onNew: () => void): Promise<void>;
  onClose(callback: () => void): void;
  close(): Promise<void>;
}
