import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { ImportMapping, ImportRun, WatchedFile, WatchedFileInput } from '../../../shared/schemas/contact.ts';
import { minute, second } from '../lib/clock.ts';
import type { ContactsDeps } from './deps.ts';
import type { ImportInput } from './imports.ts';
import type { Lists } from './lists.ts';
import { columnsOf, guessMapping, planMapping } from './mapping.ts';
import { inspectTable } from './table.ts';
import { uniqueTags } from './text.ts';

/** How an import of the file goes, and the names of its columns when that was said. */
interface Plan extends Pick<ImportInput, 'sheet' | 'mode' | 'listId' | 'tags' | 'consent'> {
  readonly mapping: ImportMapping;
  readonly columns: readonly string[];
}

interface Row {
  readonly id: string;
  readonly path: string;
  readonly plan: string;
  readonly paused: number;
  readonly problem: string | null;
  /** Size, time and SHA-256 of what was imported last. */
  readonly seen: string | null;
  readonly hash: string | null;
  readonly importId: string | null;
  readonly checkedAt: number | null;
  readonly createdAt: number;
}

const columns = 'id, path, plan, paused, problem, seen, hash, import_id as importId, checked_at as checkedAt, created_at as createdAt';

/**
 * Files on the disk of this computer that are imported again whenever they change. Looked at once a minute: a file whose
 * size and time are the same at two looks is at rest, and one whose content is new is imported as it was said.
 */
export function createWatchedFiles(
  deps: ContactsDeps,
  parts: { imports: { import(input: ImportInput): Promise<ImportRun>; getImport(query: { id: string }): ImportRun }; lists: Lists },
) {
  const { store, clock, ids, log } = deps;
  /** Size and time of each file at the last look. */
  const lastLook = new Map<string, string>();
  let cancelTick = (): void => undefined;
  let stopped = false;

  function rowOf(id: string): Row {
    const row = store.prepareRead(`select ${columns} from watched_files where id = ?`).get(id) as Row | undefined;
    if (row === undefined) throw new AppError('not_found', 'This file is not watched any more.');
    return row;
  }

  function lastRun(importId: string | null): ImportRun | null {
    if (importId === null) return null;
    try {
      return parts.imports.getImport({ id: importId });
    } catch {
      return null;
    }
  }

  function present({ id, path, plan, paused, problem, importId, checkedAt, createdAt }: Row): WatchedFile {
    const { sheet, mode, listId, tags } = JSON.parse(plan) as Plan;
    return {
      id,
      path,
      sheet: sheet ?? null,
      mode,
      listId: listId ?? null,
      tags: [...(tags ?? [])],
      paused: paused === 1,
      problem,
      lastRun: lastRun(importId),
      checkedAt,
      createdAt,
    };
  }

  function note(id: string, problem: string | null, paused = false): void {
    store.transaction((tx) => tx.prepare('update watched_files set problem = ?, paused = ?, checked_at = ? where id = ?').run(problem, paused ? 1 : 0, clock.now(), id));
  }

  /** Columns that are not where they were, as a sentence; null when all are. */
  async function changedColumns(path: string, plan: Plan): Promise<string | null> {
    const now = columnsOf(await inspectTable(path, plan.sheet)).map(({ name }) => name);
    const moved = Object.entries(plan.mapping).flatMap(([column, target]) => {
      const name = plan.columns[Number(column)];
      return target === 'ignore' || name === undefined || now[Number(column)] === name ? [] : [`“${name}”`];
    });
    return moved.length === 0
      ? null
      : `The columns of the file have changed. No longer in place: ${moved.slice(0, 5).join(', ')}. Put them back and run again, or stop watching and set the file up anew.`;
  }

  /** Imports the file when its content is new (or `always`). Throws what keeps it from that. */
  async function bring(row: Row, look: string, always: boolean): Promise<void> {
    const plan = JSON.parse(row.plan) as Plan;
    const hash = await hashOf(row.path);
    if (hash === row.hash && !always) {
      store.transaction((tx) => tx.prepare('update watched_files set seen = ?, problem = null, checked_at = ? where id = ?').run(look, clock.now(), row.id));
      return;
    }
    const changed = await changedColumns(row.path, plan);
    if (changed !== null) return note(row.id, changed, true);
    const { columns: _columns, ...options } = plan;
    const file = new File([await openAsBlob(row.path)], basename(row.path));
    const { id: importId } = await parts.imports.import({ ...options, file, dryRun: false });
    store.transaction((tx) =>
      tx
        .prepare('update watched_files set seen = ?, hash = ?, import_id = ?, problem = null, paused = 0, checked_at = ? where id = ?')
        .run(look, hash, importId, clock.now(), row.id),
    );
  }

  async function check(row: Row): Promise<void> {
    try {
      const look = await lookAt(row.path);
      const atRest = lastLook.get(row.id) === look;
      lastLook.set(row.id, look);
      if (look === row.seen) {
        if (row.problem !== null) note(row.id, null);
      } else if (atRest) await bring(row, look, false);
    } catch (error) {
      // Another import is running: the next look tries again.
      if (isAppError(error) && error.code === 'wrong_state') return;
      note(row.id, sentenceOf(error));
    }
  }

  async function tick(): Promise<void> {
    const rows = store.prepareRead(`select ${columns} from watched_files where paused = 0 order by id`).all() as Row[];
    for (const row of rows) if (!stopped) await check(row);
  }

  function tickLater(): void {
    if (stopped) return;
    cancelTick = clock.after(minute, () => {
      tick()
        .catch((error: unknown) => log.error({ err: error }, 'watched files could not be looked at'))
        .finally(tickLater);
    });
  }

  return {
    list: (): { items: WatchedFile[] } => ({ items: (store.prepareRead(`select ${columns} from watched_files order by id`).all() as Row[]).map(present) }),
    /** Begins to watch a file; it is imported at the second look. Throws AppError validation, csv_unreadable, conflict. */
    async watch({ path, mapping, listName, tags, ...input }: WatchedFileInput): Promise<WatchedFile> {
      requireAbsolute(path);
      await lookAt(path);
      const layout = await inspectTable(path, input.sheet);
      const found = columnsOf(layout);
      const chosen = mapping ?? guessMapping(found);
      planMapping(chosen, layout.width);
      if (input.listId !== undefined) parts.lists.get({ id: input.listId });
      const id = ids.next();
      store.transaction((tx) => {
        const listId = input.listId ?? (listName === undefined ? undefined : parts.lists.named(tx, listName));
        const plan: Plan = { ...input, listId, mapping: chosen, columns: found.map(({ name }) => name), tags: uniqueTags(tags ?? []) };
        const { changes } = tx
          .prepare('insert into watched_files (id, path, plan, paused, created_at) values (?, ?, ?, 0, ?) on conflict (path) do nothing')
          .run(id, path, JSON.stringify(plan), clock.now());
        if (changes === 0) throw new AppError('conflict', 'This file is watched already. Stop watching it first.');
      });
      return present(rowOf(id));
    },
    /** Imports the file now, also one that has not changed, and watches a paused one again. Throws what keeps it from that. */
    async run({ id }: { id: string }): Promise<WatchedFile> {
      const row = rowOf(id);
      try {
        const look = await lookAt(row.path);
        await new Promise<void>((resolve) => void clock.after(second, resolve));
        if ((await lookAt(row.path)) !== look) throw new AppError('wrong_state', 'The file is being written at this moment. Try again when it is saved.');
        await bring(row, look, true);
      } catch (error) {
        if (!isAppError(error) || error.code !== 'wrong_state') note(id, sentenceOf(error), row.paused === 1);
        throw error;
      }
      return present(rowOf(id));
    },
    /** Stops watching; who was imported stays. */
    unwatch({ id }: { id: string }): { id: string; deleted: true } {
      rowOf(id);
      store.transaction((tx) => tx.prepare('delete from watched_files where id = ?').run(id));
      lastLook.delete(id);
      return { id, deleted: true };
    },
    /** A file by its place on this computer, as an upload would bring it. */
    async open(path: string): Promise<File> {
      requireAbsolute(path);
      await lookAt(path);
      return new File([await openAsBlob(path)], basename(path));
    },
    start: tickLater,
    stop(): void {
      stopped = true;
      cancelTick();
    },
  };
}

function requireAbsolute(path: string): void {
  if (!isAbsolute(path)) throw new AppError('validation', 'Give the whole path of the file, from the root of the disk.', { fields: { path: 'Not a whole path' } });
}

/** Size and time of a file. Throws AppError not_found, validation. */
async function lookAt(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError('not_found', 'The file is not there, or may not be read.', {}, { cause: error });
  });
  if (!found.isFile()) throw new AppError('validation', 'This is a folder, not a file.', { fields: { path: 'Not a file' } });
  return `${found.size} ${found.mtimeMs}`;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}

function sentenceOf(error: unknown): string {
  return isAppError(error) ? error.message : 'The file could not be read.';
}
