import table from '../../../resources/folder-names.json' with { type: 'json' };
import type { FolderRole, FolderStatus, InboxFolder } from '../ports.ts';

/** A folder as the server lists it. */
export interface ListedFolder {
  readonly path: string;
  readonly delimiter?: string | null | undefined;
  /** RFC 6154, where the server says it. */
  readonly specialUse?: string | undefined;
  /** `extension` = the server said so; anything else is a guess by name. */
  readonly specialUseSource?: string | undefined;
  readonly status?: FolderStatus | null | undefined;
}

const bySpecialUse: Readonly<Record<string, FolderRole>> = {
  '\\Inbox': 'inbox',
  '\\Sent': 'sent',
  '\\Junk': 'junk',
  '\\Archive': 'archive',
  '\\All': 'all',
  '\\Trash': 'trash',
  '\\Drafts': 'drafts',
};
const byName = new Map(Object.entries(table.names).flatMap(([role, names]) => names.map((name) => [fold(name), role as FolderRole] as const)));

/** Names differ by case, accents and spaces only: `Gesendete Objekte`, `GESENDETE_OBJEKTE`. */
function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/**
 * Gives every folder its role: what the server says by special-use (RFC 6154), else the folder's name in many languages.
 * A role that the server gave away is not guessed for another folder, and of several guesses the folder nearest to the
 * root has it. Pure.
 */
export function assignRoles(folders: readonly ListedFolder[]): InboxFolder[] {
  const said = folders.map(({ path, specialUse, specialUseSource }): FolderRole | null => {
    if (path.toUpperCase() === 'INBOX') return 'inbox';
    return specialUseSource === 'extension' ? (bySpecialUse[specialUse ?? ''] ?? null) : null;
  });
  const taken = new Set(said);
  const guesses = new Map<FolderRole, ListedFolder>();
  for (const [index, folder] of folders.entries()) {
    const guess = said[index] === null ? guessRole(folder) : undefined;
    if (guess === undefined || taken.has(guess)) continue;
    const other = guesses.get(guess);
    if (other === undefined || depth(folder) < depth(other)) guesses.set(guess, folder);
  }
  const guessed = new Map([...guesses].map(([role, folder]) => [folder, role]));
  return folders.map((folder, index) => ({ path: folder.path, role: said[index] ?? guessed.get(folder) ?? 'other', status: folder.status ?? null }));
}

function depth({ path, delimiter }: ListedFolder): number {
  return delimiter == null || delimiter === '' ? 1 : path.split(delimiter).length;
}

/** Only at the root, under INBOX or under a bracketed folder such as `[Gmail]`: deeper folders of such a name are the person's own. */
function guessRole({ path, delimiter }: ListedFolder): FolderRole | undefined {
  const parts = delimiter == null || delimiter === '' ? [path] : path.split(delimiter);
  const above = parts.slice(0, -1);
  if (above.length > 1 || (above[0] !== undefined && above[0].toUpperCase() !== 'INBOX' && !/^\[.+\]$/.test(above[0]))) return undefined;
  return byName.get(fold(parts.at(-1) ?? ''));
}
