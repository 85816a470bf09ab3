import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import { maxFileBytes, type MailFile } from '../../../shared/schemas/file.ts';
import type { Attachment } from '../../../shared/schemas/sequence.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Store } from '../store/index.ts';

/** Content that many mails of a campaign share is read from the disk once. */
const cacheBytes = 48 * 1024 * 1024;

/** A file as a mail carries it. */
export interface FileContent {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export type Files = ReturnType<typeof createFiles>;

const columns = 'id, name, media_type as mediaType, size, sha256, created_at as createdAt';

/**
 * Files that mails carry, by content in `<dataDir>/files/<sha256>`: the same content is stored once. Throws AppError
 * not_found, payload_too_large, bad_request (empty), in_use, disk_full.
 */
export function createFiles(deps: { store: Store; clock: Clock; ids: Ids; dataDir: string }) {
  const { store, clock, ids, dataDir } = deps;
  const folder = join(dataDir, 'files');
  const cache = new LRUCache<string, Buffer>({ maxSize: cacheBytes, sizeCalculation: (bytes) => Math.max(1, bytes.length) });

  function find(id: string): MailFile | null {
    return (store.prepareRead(`select ${columns} from files where id = ?`).get(id) as MailFile | undefined) ?? null;
  }

  function get(id: string): MailFile {
    const file = find(id);
    if (file === null) throw new AppError('not_found', 'This file does not exist any more.');
    return file;
  }

  /** Content by its hash; null when it is gone or no longer what it was. */
  async function contentOf(sha256: string): Promise<Buffer | null> {
    const known = cache.get(sha256);
    if (known !== undefined) return known;
    const bytes = await readFile(join(folder, sha256)).catch(() => null);
    if (bytes === null || hashOf(bytes) !== sha256) return null;
    cache.set(sha256, bytes);
    return bytes;
  }

  return {
    get,
    has: (id: string) => find(id) !== null,
    async store(upload: File): Promise<MailFile> {
      if (upload.size > maxFileBytes) throw new AppError('payload_too_large', 'The file is larger than 15 MB, more than most mail servers take. Send a link to it instead.');
      const bytes = Buffer.from(await upload.arrayBuffer());
      if (bytes.length === 0) throw new AppError('bad_request', 'The file is empty.', { fields: { file: 'Choose a file with content' } });
      const sha256 = hashOf(bytes);
      const path = join(folder, sha256);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const known = await stat(path).catch(() => null);
        if (known?.size !== bytes.length) {
          // Whole or not at all, whatever crashes.
          const half = `${path}.${ids.next()}`;
          await writeFile(half, bytes, { mode: 0o600, flush: true });
          await rename(half, path);
        }
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC')
          throw new AppError('disk_full', 'The disk is full. Free some space and try again.', {}, { cause: error });
        throw error;
      }
      const file: MailFile = { id: ids.next(), name: cleanName(upload.name), mediaType: mediaTypeOf(upload.type), size: bytes.length, sha256, createdAt: clock.now() };
      store.transaction((tx) =>
        tx.prepare('insert into files (id, name, media_type, size, sha256, created_at) values (@id, @name, @mediaType, @size, @sha256, @createdAt)').run({ ...file }),
      );
      return file;
    },
    list(query: Omit<PageQuery, 'sort'>): Page<MailFile> {
      const like = containing(query.q ?? '');
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 1);
      const rows = store
        .prepareRead(`select ${columns} from files where name like ? escape '\\' ${after === null ? '' : 'and id < ?'} order by id desc limit ?`)
        .all(like, ...(after ?? []), query.limit + 1) as MailFile[];
      const { n: total } = store.prepareRead(`select count(*) as n from files where name like ? escape '\\'`).get(like) as { n: number };
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items, total, nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.id]) : null };
    },
    async content(id: string): Promise<File> {
      const file = get(id);
      const bytes = await contentOf(file.sha256);
      if (bytes === null) throw new AppError('not_found', 'The content of this file is missing in the data directory.');
      return new File([bytes as Uint8Array<ArrayBuffer>], file.name, { type: file.mediaType });
    },
    /** Removes a file that no sequence and no signature names; the content goes with its last row. */
    async remove(id: string): Promise<void> {
      const file = get(id);
      const used = store
        .prepareRead(
          `select 'sequence' as kind, s.name from sequences s where instr(s.draft, @id) > 0
           union all select 'sequence', s.name from sequence_versions v join sequences s on s.id = v.sequence_id where instr(v.graph, @id) > 0
           union all select 'signature', m.name from mailboxes m where instr(m.signature_html, @id) > 0 limit 1`,
        )
        .get({ id }) as { kind: 'sequence' | 'signature'; name: string } | undefined;
      if (used?.kind === 'sequence') throw new AppError('in_use', `The sequence “${used.name}” sends this file. Take it out of its mails first.`);
      if (used !== undefined) throw new AppError('in_use', `The signature of the mailbox “${used.name}” shows this file. Take it out there first.`);
      store.transaction((tx) => tx.prepare('delete from files where id = ?').run(id));
      if (store.prepareRead('select 1 from files where sha256 = ?').get(file.sha256) === undefined) {
        cache.delete(file.sha256);
        await rm(join(folder, file.sha256), { force: true });
      }
    },
    /** A stored file as a mail carries it; null when it is missing. Never throws. */
    async load(id: string): Promise<FileContent | null> {
      const file = find(id);
      const bytes = file === null ? null : await contentOf(file.sha256);
      return file === null || bytes === null ? null : { name: file.name, mediaType: file.mediaType, bytes };
    },
  };
}

/**
 * A file of one person, by a path inside `root`; null when it is missing, too large or outside, also through a link. Never
 * throws: the mail is held instead.
 */
export async function loadPersonalFile(root: string, path: string): Promise<FileContent | null> {
  if (root === '' || path.trim() === '') return null;
  try {
    const base = await realpath(root);
    const target = await realpath(resolve(base, path.trim()));
    if (!target.startsWith(base + sep)) return null;
    const { size } = await stat(target);
    if (size === 0 || size > maxFileBytes) return null;
    const bytes = await readFile(target);
    return { name: cleanName(basename(target)), mediaType: mediaTypeByName(target), bytes };
  } catch {
    return null;
  }
}

export interface AttachmentPlace {
  /** Folder of people's own files; '' = none is set. */
  readonly folder: string;
  /** A path with its merge tags filled in for the person; null when a value is missing. */
  readonly path: (template: string) => string | null;
}

/**
 * What a mail to one person attaches: a stored file, or the person's own by its path inside the folder. A sentence when it
 * is missing: the mail is held then, not sent without it.
 */
export async function loadAttachment(source: Pick<Files, 'load'>, attachment: Attachment, { folder, path }: AttachmentPlace): Promise<FileContent | string> {
  if (attachment.kind === 'file') return (await source.load(attachment.fileId)) ?? 'A file of this mail is missing. Open the step and attach it again.';
  if (folder === '') return 'The mail attaches a file of each person, but no folder for them is set. Choose it in the settings.';
  const found = path(attachment.path);
  if (found === null) return `The path ${attachment.path} has no value for this person.`;
  return (await loadPersonalFile(folder, found)) ?? `The file ${found} was not found in the attachments folder, or is empty or larger than 15 MB.`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function cleanName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  return (
    base
      .replace(/[\p{C}"<>|*?:]/gu, '')
      .trim()
      .slice(0, 150) || 'file'
  );
}

const types: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  csv: 'text/csv',
  ics: 'text/calendar',
  zip: 'application/zip',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
};

function mediaTypeByName(path: string): string {
  return types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

function mediaTypeOf(type: string): string {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(plain) ? plain : 'application/octet-stream';
}
