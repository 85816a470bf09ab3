import { createReadStream, openAsBlob } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';

const maxUploadBytes = 200 * 1024 * 1024;
const uploadMs = day;
const rejectedMs = 30 * day;
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface Upload {
  readonly id: string;
  readonly fileName: string;
  readonly path: string;
}

/** Files that wait for their import, in `<dataDir>/uploads`: kept for a day, rejected rows for thirty. */
export function createUploads({ dataDir, clock, ids }: { dataDir: string; clock: Clock; ids: Ids }) {
  const folder = join(dataDir, 'uploads');
  const csvPath = (id: string): string => join(folder, `${id}.csv`);
  const rejectedPath = (importId: string): string => join(folder, `${importId}.rejected.csv`);

  /** Stores an upload piece by piece. Throws AppError payload_too_large, csv_unreadable when it is empty. */
  async function store(file: File): Promise<Upload> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const id = ids.next();
    const path = csvPath(id);
    const target = await open(path, 'wx', 0o600);
    let bytes = 0;
    try {
      for await (const piece of file.stream() as unknown as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        if (bytes > maxUploadBytes) throw new AppError('payload_too_large', 'The file is larger than 200 MB. Split it and import the parts.');
        await target.writeFile(piece);
      }
      if (bytes === 0) throw new AppError('csv_unreadable', 'The file is empty.');
    } catch (error) {
      await target.close();
      await rm(path, { force: true });
      throw fullDisk(error);
    }
    await target.close();
    const fileName = cleanFileName(file.name);
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ fileName }), { mode: 0o600 });
    return { id, fileName, path };
  }

  /** A stored upload. Throws AppError not_found when it is gone. */
  async function get(id: string): Promise<Upload> {
    if (idPattern.test(id)) {
      try {
        const { fileName } = JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8')) as { fileName: string };
        await stat(csvPath(id));
        return { id, fileName, path: csvPath(id) };
      } catch {
        // Falls through: whatever is missing, the upload cannot be used.
      }
    }
    throw new AppError('not_found', 'This upload does not exist any more. Choose the file again.');
  }

  async function remove(id: string): Promise<void> {
    await rm(csvPath(id), { force: true });
    await rm(join(folder, `${id}.json`), { force: true });
  }

  /** Removes what is too old. Ages come from the ids, which carry workspace time. */
  async function clean(): Promise<void> {
    const names = await readdir(folder).catch(() => [] as string[]);
    for (const name of names) {
      const at = parseInt(name.slice(0, 8) + name.slice(9, 13), 16);
      const keepMs = name.endsWith('.rejected.csv') ? rejectedMs : uploadMs;
      if (Number.isFinite(at) && clock.now() - at > keepMs) await rm(join(folder, name), { force: true });
    }
  }

  return {
    store,
    get,
    remove,
    clean,
    rejectedPath,
    /** Removes the files in whose text something is found. A workbook is packed: it goes with its day. */
    async removeHolding(found: (text: string) => boolean): Promise<void> {
      for (const name of await readdir(folder).catch(() => [] as string[])) {
        const path = join(folder, name);
        let rest = '';
        for await (const piece of createReadStream(path, { encoding: 'latin1' }) as AsyncIterable<string>) {
          if (found(rest + piece)) {
            await rm(path, { force: true });
            break;
          }
          rest = piece.slice(-400);
        }
      }
    },
    async prepare(): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },
    async rejected(importId: string, fileName: string): Promise<File> {
      try {
        return new File([await openAsBlob(rejectedPath(importId))], `${fileName.replace(/\.[^.]*$/, '')}-rejected.csv`, { type: 'text/csv' });
      } catch {
        throw new AppError('not_found', 'The rejected rows of this import are not kept any more.');
      }
    },
  };
}

function cleanFileName(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? '';
  return (
    base
      .replace(/[\p{C}<>:"|?*]/gu, '')
      .trim()
      .slice(0, 150) || 'contacts.csv'
  );
}

function fullDisk(error: unknown): unknown {
  return error instanceof Error && (error as { code?: string }).code === 'ENOSPC'
    ? new AppError('disk_full', 'The disk is full. Nothing was imported: free some space and try again.', {}, { cause: error })
    : error;
}
