import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { DedupeMode, ImportConsent, ImportInspection, ImportMapping, ImportRun } from '../../../shared/schemas/contact.ts';
import { hour } from '../lib/clock.ts';
import { normaliseDomain } from '../lib/address.ts';
import { decodeCursor, encodeCursor } from '../lib/page.ts';
import type { CustomFields } from './custom-fields.ts';
import type { ContactsDeps } from './deps.ts';
import { startRun, storeReport, type RunningImport } from './import-run.ts';
import type { Lists } from './lists.ts';
import { columnsOf, guessMapping, planMapping } from './mapping.ts';
import type { Tx } from '../store/index.ts';
import type { Suppressions } from './suppressions.ts';
import { inspectTable } from './table.ts';
import { uniqueTags } from './text.ts';
import { createUploads, type Upload } from './uploads.ts';

export interface ImportInput {
  readonly file?: File | undefined;
  readonly uploadId?: string | undefined;
  /** Of a workbook; absent = the first one. */
  readonly sheet?: string | undefined;
  readonly mapping?: ImportMapping | undefined;
  readonly mode: DedupeMode;
  readonly listId?: string | undefined;
  readonly listName?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly corrections?: Readonly<Record<string, string>> | undefined;
  readonly consent?: ImportConsent | undefined;
  readonly dryRun: boolean;
}

const samplesShown = 5;

export function createImports(deps: ContactsDeps, suppressions: Suppressions, lists: Lists, customFields: CustomFields, onWritten: () => void) {
  const { store, clock, ids, log } = deps;
  const uploads = createUploads(deps);
  let running: RunningImport | null = null;
  let cancelCleaning = (): void => undefined;

  async function inspectImport({ file, uploadId, sheet }: Pick<ImportInput, 'file' | 'uploadId' | 'sheet'>): Promise<ImportInspection> {
    const upload = await uploadOf({ file, uploadId });
    try {
      const layout = await inspectTable(upload.path, sheet);
      const columns = columnsOf(layout);
      return {
        uploadId: upload.id,
        fileName: upload.fileName,
        bytes: layout.bytes,
        format: layout.format,
        encoding: layout.format === 'csv' ? layout.encoding.encoding : '',
        delimiter: layout.format === 'csv' ? layout.delimiter : '',
        sheets: layout.format === 'xlsx' ? [...layout.sheets] : [],
        sheet: layout.format === 'xlsx' ? layout.sheet : null,
        headerLine: layout.headerLine,
        columns: columns.map(({ index, name, values }) => ({
          index,
          name,
          samples: [...new Set(values.filter((value) => value !== ''))].slice(0, samplesShown).map((value) => value.slice(0, 200)),
        })),
        mapping: guessMapping(columns),
      };
    } catch (error) {
      // One that was there before may have other sheets.
      if (uploadId === undefined) await uploads.remove(upload.id);
      throw error;
    }
  }

  async function start(input: ImportInput): Promise<ImportRun> {
    requireIdle();
    if (input.listId !== undefined) lists.get({ id: input.listId });
    const upload = await uploadOf(input);
    const layout = await inspectTable(upload.path, input.sheet);
    const columns = columnsOf(layout);
    const plan = planMapping(input.mapping ?? guessMapping(columns), layout.width);
    await uploads.prepare();
    // Two calls may have waited for their files at the same time.
    requireIdle();

    const report = newReport(upload, input, layout.bytes);
    const listId = store.transaction((tx) => {
      tx.prepare('insert into imports (id, file_name, dry_run, mode, state, report, created_at) values (?, ?, ?, ?, ?, ?, ?)').run(
        report.id,
        report.fileName,
        report.dryRun ? 1 : 0,
        report.mode,
        report.state,
        JSON.stringify(report),
        report.startedAt,
      );
      return input.dryRun ? null : (input.listId ?? (input.listName === undefined ? null : lists.named(tx, input.listName)));
    });
    const job = {
      path: upload.path,
      rejectedPath: uploads.rejectedPath(report.id),
      layout: { ...layout, sample: [] },
      plan,
      columns: columns.map((column) => column.name),
      fields: customFields.all(),
      tags: uniqueTags(input.tags ?? []),
      corrections: domainCorrections(input.corrections ?? {}),
      consent: input.consent ?? null,
      erased: suppressions.erasedAddresses(),
    };
    const run = startRun(deps, suppressions, job, { mode: input.mode, listId, source: upload.fileName }, report);
    running = run;
    void run.settled.then(async () => {
      if (running === run) running = null;
      onWritten();
      // A dry run or a cancelled one is often followed by the real one.
      if (run.report.state === 'finished' && !run.report.dryRun)
        await uploads.remove(upload.id).catch((error: unknown) => log.warn({ err: error }, 'an upload could not be removed'));
    });
    return snapshot(report);
  }

  async function uploadOf(input: Pick<ImportInput, 'file' | 'uploadId'>): Promise<Upload> {
    if (input.uploadId !== undefined) return uploads.get(input.uploadId);
    if (input.file !== undefined) return uploads.store(input.file);
    throw new AppError('validation', 'Choose a CSV or Excel file.', { fields: { file: 'Choose a CSV or Excel file.' } });
  }

  function requireIdle(): void {
    if (running !== null)
      throw new AppError('wrong_state', `“${running.report.fileName}” is being imported. Wait until it is finished, or cancel it.`, { importId: running.report.id });
  }

  function newReport(upload: Upload, input: ImportInput, bytes: number): ImportRun {
    return {
      id: ids.next(),
      fileName: upload.fileName,
      dryRun: input.dryRun,
      mode: input.mode,
      state: 'running',
      bytesTotal: bytes,
      bytesRead: 0,
      rows: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      rejected: 0,
      suppressed: 0,
      rejectedSample: [],
      addresses: null,
      notes: [],
      error: null,
      startedAt: clock.now(),
      finishedAt: null,
    };
  }

  function getImport({ id }: { id: string }): ImportRun {
    if (running?.report.id === id) return snapshot(running.report);
    const row = store.prepareRead('select report from imports where id = ?').get(id) as { report: string } | undefined;
    if (row === undefined) throw new AppError('not_found', 'This import does not exist any more.');
    return parseReport(row.report);
  }

  return {
    inspectImport,
    import: start,
    getImport,
    imports(query: PageQuery): Page<ImportRun> {
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const { n: total } = store.prepareRead('select count(*) as n from imports').get() as { n: number };
      const rows = store
        .prepareRead(
          `select id, report, created_at as createdAt from imports ${after === null ? '' : 'where (created_at, id) < (@at, @id)'} order by created_at desc, id desc limit @limit`,
        )
        .all({ limit: query.limit + 1, ...(after === null ? {} : { at: after[0], id: after[1] }) }) as { id: string; report: string; createdAt: number }[];
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: shown.map((row) => (running?.report.id === row.id ? snapshot(running.report) : parseReport(row.report))),
        total,
        nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.createdAt, last.id]) : null,
      };
    },
    /** Cancels a running import. One that is over stays as it is. */
    async cancelImport({ id }: { id: string }): Promise<ImportRun> {
      if (running?.report.id === id) {
        const { settled, cancel } = running;
        cancel('cancelled', null);
        await settled;
      }
      return getImport({ id });
    },
    /** Takes addresses out of the reports and removes stored files that hold them. Throws AppError wrong_state while an import runs. */
    forgetAddresses(tx: Tx, addresses: readonly string[]): void {
      requireIdle();
      const holds = (text: string): boolean => addresses.some((address) => text.toLowerCase().includes(address));
      for (const { report: text } of tx.prepare('select report from imports').all() as { report: string }[]) {
        if (!holds(text)) continue;
        const report = parseReport(text);
        storeReport(tx, {
          ...report,
          rejectedSample: report.rejectedSample.map((row) => (holds(row.text) ? { ...row, text: '' } : row)),
          notes: report.notes.filter((note) => !holds(note)),
        });
      }
      tx.afterCommit(() => {
        uploads.removeHolding(holds).catch((error: unknown) => log.warn({ err: error }, 'uploads of an erased person could not be removed'));
      });
    },
    async rejectedRows({ id }: { id: string }): Promise<File> {
      return uploads.rejected(id, getImport({ id }).fileName);
    },
    /** At start: an import that was running when Homing closed has failed; old uploads go. */
    recover(): void {
      const left = store.prepareRead(`select report from imports where state = 'running'`).all() as { report: string }[];
      if (left.length > 0) {
        store.transaction((tx) => {
          for (const row of left) {
            const report = parseReport(row.report);
            storeReport(tx, {
              ...report,
              state: 'failed',
              finishedAt: clock.now(),
              error: `Homing was closed while this import ran. ${atLeast(report.created + report.updated)}Import the file again: people who are known already are not doubled.`,
            });
          }
        });
      }
      const clean = (): void => {
        uploads.clean().catch((error: unknown) => log.warn({ err: error }, 'old uploads could not be removed'));
        cancelCleaning = clock.after(hour, clean);
      };
      clean();
    },
    async stop(): Promise<void> {
      cancelCleaning();
      if (running === null) return;
      const { settled, cancel } = running;
      cancel('failed', 'Homing was closed while this import ran. Import the file again: people who are known already are not doubled.');
      await settled;
    },
  };
}

/** The report of a running import is stored once a second, so more may have been written. */
function atLeast(written: number): string {
  return written === 0 ? '' : `At least ${written} people were written. `;
}

function snapshot(report: ImportRun): ImportRun {
  return { ...report, rejectedSample: [...report.rejectedSample], notes: [...report.notes] };
}

function parseReport(text: string): ImportRun {
  return { notes: [], addresses: null, ...(JSON.parse(text) as Omit<ImportRun, 'notes' | 'addresses'>) };
}

/** Both sides in key form. Throws AppError validation with the domain in `fields`. */
function domainCorrections(corrections: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(corrections).map(([from, to]) => {
      const domains = [normaliseDomain(from), normaliseDomain(to)] as const;
      const wrong = domains[0] === null ? from : domains[1] === null ? to : null;
      if (wrong !== null) throw new AppError('validation', `“${wrong}” is not a domain such as example.com.`, { fields: { [`corrections.${from}`]: 'Not a domain' } });
      return domains as [string, string];
    }),
  );
}
