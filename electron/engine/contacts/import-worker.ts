import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { isAppError } from '../../../shared/errors.ts';
import type { AddressCounts } from '../../../shared/schemas/address-check.ts';
import type { CustomField, ImportConsent } from '../../../shared/schemas/contact.ts';
import { csvLine } from '../lib/csv.ts';
import { createAddressCounter } from './address-counter.ts';
import { knowsErased, type ErasedAddresses } from './erased.ts';
import type { MappingPlan } from './mapping.ts';
import { mapRow, type RowNote } from './row.ts';
import { toWritable, type WritableContact } from './rows.ts';
import { createSeen } from './seen.ts';
import { readTable, type FileLayout } from './table.ts';
import { uniqueTags } from './text.ts';

/** What the thread is told: which file, how to read it, and where rejected rows go. */
export interface ImportJob {
  readonly path: string;
  readonly rejectedPath: string;
  readonly layout: FileLayout;
  readonly plan: MappingPlan;
  /** Names of the columns, for the head of the rejected CSV. */
  readonly columns: readonly string[];
  /** Custom fields whose values have a type. */
  readonly fields: readonly CustomField[];
  /** Tags that everybody of this import gets. */
  readonly tags: readonly string[];
  /** Mistyped domain → the one that was meant. */
  readonly corrections: Readonly<Record<string, string>>;
  readonly erased: ErasedAddresses;
  /** For people whose row does not say where they agreed. */
  readonly consent: ImportConsent | null;
}

/** Counts so far; they come with every batch. */
export interface ReadCounts {
  readonly bytesRead: number;
  readonly rows: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly addresses: AddressCounts;
}

export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

export type WorkerMessage =
  | { readonly kind: 'batch'; readonly rows: readonly WritableContact[]; readonly counts: ReadCounts; readonly rejectedSample: readonly RejectedRow[] }
  | { readonly kind: 'done'; readonly counts: ReadCounts; readonly rejectedSample: readonly RejectedRow[]; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

const batchRows = 400;
/** Batches that may be under way before one is acknowledged: bounds memory on both sides. */
const window = 4;
const sampleSize = 20;
const erasedReason = 'This person was erased on request and must not be stored again';

async function run(job: ImportJob, port: NonNullable<typeof parentPort>): Promise<void> {
  const seen = createSeen();
  const fields = new Map(job.fields.map((field) => [field.name, field]));
  const wasErased = knowsErased(job.erased);
  const notes = createNotes();
  const addresses = createAddressCounter(job.corrections);
  const read = { bytesRead: 0, rows: 0, duplicates: 0, rejected: 0 };
  const countsNow = (): ReadCounts => ({ ...read, addresses: addresses.counts() });
  const rejectedSample: RejectedRow[] = [];
  const rejectedFile = openSync(job.rejectedPath, 'w', 0o600);
  let rejectedText = `\ufeff${csvLine(['line', 'reason', ...job.columns])}`;
  let batch: WritableContact[] = [];
  let underWay = 0;
  let wake: (() => void) | null = null;
  port.on('message', () => {
    underWay -= 1;
    wake?.();
  });

  async function send(): Promise<void> {
    while (underWay >= window) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = null;
    }
    underWay += 1;
    port.postMessage({ kind: 'batch', rows: batch, counts: countsNow(), rejectedSample: [...rejectedSample] } satisfies WorkerMessage);
    batch = [];
  }

  function take(cells: readonly string[], line: number): void {
    read.rows += 1;
    if (cells.length > job.layout.width) notes.add('wide', line, '');
    const mapped = mapRow(cells, job.plan, (note) => notes.add(note.kind, line, note.text), fields);
    if (!mapped.ok) {
      read.rejected += 1;
      rejectedText += csvLine([line, mapped.error, ...cells]);
      if (rejectedSample.length < sampleSize) rejectedSample.push({ line, reason: mapped.error, text: cells.join(', ').slice(0, 200) });
      return;
    }
    const person = addresses.corrected(mapped.value);
    if (wasErased(person.email)) {
      // Not even here is the address kept again.
      read.rejected += 1;
      rejectedText += csvLine([line, erasedReason]);
      if (rejectedSample.length < sampleSize) rejectedSample.push({ line, reason: erasedReason, text: '' });
      return;
    }
    if (!seen.add(person.email)) {
      read.duplicates += 1;
      return;
    }
    const tagged = job.tags.length === 0 ? person : { ...person, tags: uniqueTags([...person.tags, ...job.tags]) };
    const { consent } = job;
    const writable = toWritable(consent === null || tagged.consentSource !== '' ? tagged : { ...tagged, consentSource: consent.source, consentAt: tagged.consentAt ?? consent.at });
    addresses.add(writable);
    batch.push(writable);
  }

  try {
    await readTable(job.path, job.layout, async (records, bytesRead) => {
      read.bytesRead = bytesRead;
      for (const { cells, line } of records) {
        take(cells, line);
        if (batch.length >= batchRows) await send();
      }
      if (rejectedText.length > 1 << 16) {
        writeSync(rejectedFile, rejectedText);
        rejectedText = '';
      }
    });
    read.bytesRead = job.layout.bytes;
    if (batch.length > 0) await send();
    writeSync(rejectedFile, rejectedText);
  } finally {
    closeSync(rejectedFile);
  }
  port.postMessage({ kind: 'done', counts: countsNow(), rejectedSample, notes: notes.sentences() } satisfies WorkerMessage);
}

type NoteKind = RowNote['kind'] | 'wide';

function createNotes(): { add(kind: NoteKind, line: number, text: string): void; sentences(): string[] } {
  const found = new Map<NoteKind, { count: number; line: number; text: string }>();
  return {
    add(kind, line, text) {
      const note = found.get(kind);
      if (note === undefined) found.set(kind, { count: 1, line, text: text.slice(0, 80) });
      else note.count += 1;
    },
    sentences: () =>
      [...found].map(([kind, { count, line, text }]) => {
        const first = `first in line ${line}`;
        if (kind === 'time_zone') return `${count} × unknown time zone left out (“${text}”, ${first})`;
        if (kind === 'misfit') return `${count} × value that its field cannot hold left out (${text}; ${first})`;
        if (kind === 'cut') return `${count} × text too long for its field and shortened (${text}, ${first})`;
        if (kind === 'more_addresses') return `${count} × several addresses in one cell: the first one counts, the others stand in the custom field more_addresses (${first})`;
        return `${count} × more cells than the header has: the surplus was left out (${first})`;
      }),
  };
}

if (parentPort !== null) {
  const port = parentPort;
  run(workerData as ImportJob, port).then(
    () => port.close(),
    (error: unknown) => {
      const message = isAppError(error) ? error.message : error instanceof Error ? `The file could not be read: ${error.message}` : 'The file could not be read.';
      port.postMessage({ kind: 'failed', message } satisfies WorkerMessage);
      port.close();
    },
  );
}
