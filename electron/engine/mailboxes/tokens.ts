import { z } from 'zod';
import type { OAuthSettings } from '../../../shared/schemas/mailbox.ts';
import { minute, type Clock } from '../lib/clock.ts';
import { ConnectError, type Logger, type Network } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import { createOAuthClient, OAuthRefused, type Tokens } from './oauth-client.ts';
import { oauthSecret, type MailboxRow } from './rows.ts';
import type { SecretStore } from './service.ts';

/** A token that ends this soon is renewed before it is used: a login and a long mail fit in. */
const aheadMs = 5 * minute;
/** A token this young is not renewed again: the refusal is not about its age. */
const youngMs = minute;

const storedSchema = z.object({ access: z.string(), refresh: z.string().nullable(), clientSecret: z.string() });
type StoredTokens = z.infer<typeof storedSchema>;

/** Consent that a person gave: settings for everybody to see, tokens for nobody. */
export interface Grant {
  readonly settings: OAuthSettings;
  readonly clientSecret: string;
  readonly tokens: Tokens;
}

export type MailboxTokens = ReturnType<typeof createMailboxTokens>;

/** The access tokens of mailboxes, sealed in the vault, renewed ahead of time and one at a time. */
export function createMailboxTokens(deps: {
  store: Store;
  clock: Clock;
  log: Logger;
  vault: SecretStore;
  network: Network;
  find: (id: string) => MailboxRow | null;
  /** Whether a mailbox lives on consent of the same account to the same client. */
  inUse: (settings: OAuthSettings) => boolean;
  /** The provider refuses to renew: only a person can help. */
  onRefused: (tx: Tx, mailboxId: string, reason: string) => void;
}) {
  const { store, clock, log, vault, network } = deps;
  const renewing = new Map<string, Promise<string>>();
  const renewedAt = new Map<string, number>();

  function read(id: string): StoredTokens | null {
    const text = vault.get(oauthSecret(id));
    return text === null ? null : storedSchema.parse(JSON.parse(text));
  }

  /** Stores a grant in the transaction that makes or changes the mailbox. */
  function keep(tx: Tx, id: string, { settings, clientSecret, tokens }: Grant): void {
    const expiresAt = clock.now() + tokens.lifeSeconds * 1000;
    vault.set(oauthSecret(id), JSON.stringify({ access: tokens.access, refresh: tokens.refresh, clientSecret } satisfies StoredTokens));
    tx.prepare('update mailboxes set oauth = ? where id = ?').run(JSON.stringify({ ...settings, expiresAt }), id);
    renewedAt.set(id, clock.now());
  }

  async function renew(id: string, settings: OAuthSettings, old: StoredTokens): Promise<string> {
    const who = settings.account === '' ? 'this mailbox' : settings.account;
    if (old.refresh === null) throw refused(id, `The sign-in of ${who} has ended. Sign in again.`);
    const client = createOAuthClient(settings, old.clientSecret, network.fetch);
    let tokens: Tokens;
    try {
      tokens = await client.refresh(old.refresh);
    } catch (error) {
      const held = read(id);
      // Signed in anew meanwhile: the refusal is about a consent that no longer matters.
      if (held !== null && held.refresh !== old.refresh) return held.access;
      if (error instanceof OAuthRefused) throw refused(id, `${client.name} no longer accepts the sign-in of ${who} (${error.message}). Sign in again.`, error);
      throw new ConnectError('connect', `${client.name} could not be asked for a new access token: ${error instanceof Error ? error.message : String(error)}`, null, {
        cause: error,
      });
    }
    store.transaction((tx) => {
      // Signed out or signed in anew meanwhile: that stands.
      if (read(id)?.refresh === old.refresh) keep(tx, id, { settings, clientSecret: old.clientSecret, tokens: { ...tokens, refresh: tokens.refresh ?? old.refresh } });
    });
    log.info({ mailboxId: id }, 'the access token was renewed');
    return tokens.access;
  }

  function refused(id: string, reason: string, cause?: unknown): ConnectError {
    store.transaction((tx) => deps.onRefused(tx, id, reason));
    return new ConnectError('login', reason, null, { cause });
  }

  return {
    keep,
    forget(id: string): void {
      vault.remove(oauthSecret(id));
      renewedAt.delete(id);
    },
    /** A token to log in with. `again` after a server refused the last one. Rejects with a ConnectError. */
    async token(id: string, again: boolean): Promise<string> {
      const settings = deps.find(id)?.oauth ?? null;
      const held = read(id);
      if (settings === null || held === null) throw new ConnectError('login', 'This mailbox is not signed in. Sign in again.');
      const now = clock.now();
      const young = now - (renewedAt.get(id) ?? Number.NEGATIVE_INFINITY) < youngMs;
      const fresh = (settings.expiresAt ?? 0) - now > aheadMs;
      if ((fresh && !again) || young) return held.access;
      const begun = renewing.get(id) ?? renew(id, settings, held).finally(() => renewing.delete(id));
      renewing.set(id, begun);
      return begun;
    },
    /**
     * Tells the provider that the consent is over, as far as it listens. Never throws. A mailbox that still lives on
     * consent of the same account keeps it: providers end the whole consent with one of its tokens (RFC 7009 section 2.1).
     */
    async revoke(settings: OAuthSettings, stored: StoredTokens): Promise<void> {
      try {
        if (deps.inUse(settings)) return;
        await createOAuthClient(settings, stored.clientSecret, network.fetch).revoke(stored.refresh ?? stored.access);
      } catch (error) {
        log.warn({ cause: error instanceof Error ? error.name : 'unknown' }, 'the consent could not be taken back');
      }
    },
    read,
  };
}
