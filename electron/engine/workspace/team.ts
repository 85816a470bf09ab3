import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { OwnedThing } from '../../../shared/roles.ts';
import { launchOwnerId, type Profile, type ProfileInput, type ProfileWithToken, type Role } from '../../../shared/schemas/team.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store } from '../store/index.ts';

/** The person behind a call. */
export interface TeamMember {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Whether the campaign of this thing is theirs; what belongs to no campaign, or is not there, is nobody else's. */
  owns(thing: OwnedThing, id: string): boolean;
}

/** People beside the holder of the launch token, who is always an owner. */
export interface Team {
  readonly launchOwner: Profile;
  list(): Profile[];
  /** Adds a person. The token is returned this once and kept only as a hash. */
  add(input: ProfileInput): ProfileWithToken;
  /** Throws not_found, or wrong_state for the owner by the launch token. */
  update(id: string, patch: { readonly name?: string | undefined; readonly role?: Role | undefined }): Profile;
  renewToken(id: string): ProfileWithToken;
  /** Their campaigns pass to the owner by the launch token, their contacts to everybody. */
  remove(id: string): void;
  /** Who holds a personal token; null when nobody does. */
  callerOf(token: string): TeamMember | null;
  /** Called after a personal token ceased to count. Returns the unsubscribe. */
  onRevoked(listener: (profileId: string) => void): () => void;
}

const launchOwner: Profile = { id: launchOwnerId, name: 'Owner', role: 'owner', createdAt: null };

const columns = 'id, name, role, created_at as createdAt';
const ownerSql: Record<OwnedThing, string> = {
  campaign: 'select c.owner_id as ownerId from campaigns c where c.id = ?',
  enrolment: 'select c.owner_id as ownerId from enrolments e join campaigns c on c.id = e.campaign_id where e.id = ?',
  delivery: 'select c.owner_id as ownerId from deliveries d join campaigns c on c.id = d.campaign_id where d.id = ?',
};

export function createTeam({ store, clock, ids }: { store: Store; clock: Clock; ids: Ids }): Team {
  const listeners = new Set<(profileId: string) => void>();
  const revoked = (id: string) => listeners.forEach((listener) => listener(id));

  function get(id: string): Profile {
    if (id === launchOwnerId) throw new AppError('wrong_state', 'Whoever holds the launch token stays the owner: a workspace is never without one.');
    const found = store.prepareRead(`select ${columns} from profiles where id = ?`).get(id) as Profile | undefined;
    if (found === undefined) throw new AppError('not_found', 'There is no such person in this workspace.');
    return found;
  }

  return {
    launchOwner,
    list: () => [launchOwner, ...(store.prepareRead(`select ${columns} from profiles order by id`).all() as Profile[])],
    add({ name, role }) {
      const token = newToken();
      const profile: Profile = { id: ids.next(), name, role, createdAt: clock.now() };
      store.transaction((tx) =>
        tx.prepare('insert into profiles (id, name, role, token_hash, created_at) values (?, ?, ?, ?, ?)').run(profile.id, name, role, hashOf(token), profile.createdAt),
      );
      return { profile, token };
    },
    update(id, patch) {
      const { name, role } = { ...get(id), ...(patch.name === undefined ? {} : { name: patch.name }), ...(patch.role === undefined ? {} : { role: patch.role }) };
      store.transaction((tx) => tx.prepare('update profiles set name = ?, role = ? where id = ?').run(name, role, id));
      return get(id);
    },
    renewToken(id) {
      const profile = get(id);
      const token = newToken();
      store.transaction((tx) => tx.prepare('update profiles set token_hash = ? where id = ?').run(hashOf(token), id));
      revoked(id);
      return { profile, token };
    },
    remove(id) {
      get(id);
      store.transaction((tx) => {
        tx.prepare('update campaigns set owner_id = null where owner_id = ?').run(id);
        tx.prepare('update contacts set owner_id = null where owner_id = ?').run(id);
        tx.prepare('delete from profiles where id = ?').run(id);
      });
      revoked(id);
    },
    callerOf(token) {
      const found = store.prepareRead('select id, name, role from profiles where token_hash = ?').get(hashOf(token)) as Omit<TeamMember, 'owns'> | undefined;
      if (found === undefined) return null;
      return {
        ...found,
        owns(thing, id) {
          const row = store.prepareRead(ownerSql[thing]).get(id) as { ownerId: string | null } | undefined;
          return row === undefined || row.ownerId === found.id;
        },
      };
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token has 256 random bits: it cannot be guessed from a plain hash, which is looked up at every call. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
