import type { ImportRun } from '../../../shared/schemas/contact.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import type { ImportJob, WorkerMessage } from './import-worker.ts';
import { createDryWriter, createSliceWriter, type WriteOptions } from './import-writer.ts';
import type { WritableContact } from './rows.ts';
import { breathe } from './slices.ts';
import type { Suppressions } from './suppressions.ts';
import { startImportWorker } from './worker-start.ts';

// A slice holds the write lock and the event loop: 10 ms of rows, and the commit comes on top.
const sliceMs = 10;
const sliceRows = 500;
const progressMs = 100;
const storeMs = 1000;

export interface RunningImport {
  readonly report: ImportRun;
  readonly settled: Promise<void>;
  /** Stops reading and writing; what is written stays. */
  cancel(state: 'cancelled' | 'failed', reason: string | null): void;
}

export function storeReport(tx: Tx, report: ImportRun): void {
  tx.prepare('update imports set state = ?, report = ? where id = ?').run(report.state, JSON.stringify(report), report.id);
}

/**
 * Runs an import to its end. A thread decodes, parses, maps and checks; here rows are written in slices of about 10 ms,
 * each its own transaction, with a turn for the event loop between them. The thread stops reading while batches wait.
 */
export function startRun(deps: ContactsDeps, suppressions: Suppressions, job: ImportJob, options: WriteOptions, report: ImportRun): RunningImport {
  const { store, events, clock, log } = deps;
  const write = createSliceWriter({ ids: deps.ids, suppressions }, options);
  const dryWrite = createDryWriter(store, suppressions, options);
  const worker = startImportWorker(job);
  const waiting: Extract<WorkerMessage, { kind: 'batch' | 'done' }>[] = [];
  let pumping = false;
  let toldAt = -Infinity;
  let storedAt = clock.monotonic();
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));

  function tell(): void {
    toldAt = clock.monotonic();
    events.progress({ task: 'import', id: report.id, done: report.bytesRead, total: report.bytesTotal, state: report.state });
  }

  function finish(state: ImportRun['state'], error: string | null): void {
    if (report.state !== 'running') return;
    report.state = state;
    report.error = error;
    report.finishedAt = clock.now();
    // A batch that was being written is not counted as read yet.
    report.rows = Math.max(report.rows, report.created + report.updated + report.unchanged + report.duplicates + report.rejected);
    void worker.terminate();
    try {
      store.transaction((tx) => {
        storeReport(tx, report);
        if (options.listId !== null && !report.dryRun) tx.prepare('update lists set updated_at = ? where id = ?').run(clock.now(), options.listId);
        if (!report.dryRun && report.created + report.updated + report.unchanged > 0) {
          const { fileName, created, updated, unchanged, duplicates, rejected } = report;
          events.append(tx, {
            type: 'imported',
            actor: 'person',
            reason: state === 'finished' ? null : state,
            data: { importId: report.id, fileName, created, updated, unchanged, duplicates, rejected, suppressed: report.suppressed, listId: options.listId },
          });
        }
      });
    } catch (failure) {
      log.error({ err: failure, importId: report.id }, 'the report of an import could not be stored');
    }
    tell();
    settle();
  }

  /** Writes rows from `from` on until the slice is over; returns the next row. */
  function slice(rows: readonly WritableContact[], from: number): number {
    const endAt = clock.monotonic() + sliceMs;
    const goesOn = (next: number): boolean => next < rows.length && next - from < sliceRows && (next === from || clock.monotonic() < endAt);
    if (report.dryRun) return dryWrite(rows, from, report, goesOn);
    // Counted only once committed.
    const counts = { created: 0, updated: 0, unchanged: 0, suppressed: 0 };
    const next = store.transaction((tx) => {
      if (clock.monotonic() - storedAt >= storeMs) {
        storedAt = clock.monotonic();
        storeReport(tx, report);
      }
      return write(tx, rows, from, clock.now(), counts, goesOn);
    });
    report.created += counts.created;
    report.updated += counts.updated;
    report.unchanged += counts.unchanged;
    report.suppressed += counts.suppressed;
    return next;
  }

  async function pump(): Promise<void> {
    for (let message = waiting.shift(); message !== undefined && report.state === 'running'; message = waiting.shift()) {
      if (message.kind === 'batch') {
        for (let at = 0; at < message.rows.length && report.state === 'running';) {
          at = slice(message.rows, at);
          await breathe();
        }
        worker.postMessage('done');
      }
      if (report.state !== 'running') return;
      Object.assign(report, message.counts, { rejectedSample: message.rejectedSample });
      if (message.kind === 'done') {
        report.notes = [...message.notes];
        finish('finished', null);
      } else if (clock.monotonic() - toldAt >= progressMs) tell();
    }
  }

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'failed') return finish('failed', message.message);
    waiting.push(message);
    if (pumping) return;
    pumping = true;
    pump()
      .catch((error: unknown) => {
        log.error({ err: error, importId: report.id }, 'an import failed');
        finish('failed', error instanceof Error ? error.message : 'Something went wrong.');
      })
      .finally(() => (pumping = false));
  });
  worker.on('error', (error) => {
    log.error({ err: error, importId: report.id }, 'the import thread failed');
    finish('failed', 'The file could not be read. The log has the details.');
  });
  worker.on('exit', () => {
    // Its last message may still be in work; a thread that ends without one has failed.
    if (!pumping && waiting.length === 0) finish('failed', 'Reading the file ended before its time. Import it again: people who are known already are not doubled.');
  });
  tell();
  return { report, settled, cancel: finish };
}
