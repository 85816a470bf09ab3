import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

// From source the worker lies beside this file; a bundle has it as an entry of its own, beside the chunk or above it.
const places = ['./import-worker.ts', './import-worker.js', '../import-worker.js', './workers/import-worker.js'];

/** Starts the thread that reads a CSV file (see import-worker.ts). */
export function startImportWorker(job: object): Worker {
  const place = places.map((name) => new URL(name, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
  if (place === undefined) throw new Error('import-worker is missing beside the running file');
  // A thread cannot read from the archive of the packaged app: its code lies unpacked beside it.
  const file = new URL(place.href.replace(/app\.asar\//, 'app.asar.unpacked/'));
  return new Worker(file, { workerData: job, name: 'homing-import' });
}
