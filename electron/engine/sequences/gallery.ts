import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Starter } from '../../../shared/schemas/sequence.ts';
import { appRoot } from '../lib/app-root.ts';
import { readSequenceFile } from './exchange.ts';
import { normaliseGraph } from '../../../shared/graph.ts';

let loaded: Starter[] | undefined;

/** The sequences of `resources/sequences`, one exported file each, named `<category>.<key>.yaml`; by name of the file. Read once. */
export function readGallery(): Starter[] {
  if (loaded !== undefined) return loaded;
  const folder = join(appRoot(), 'resources', 'sequences');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return (loaded = files.map((file) => {
    const [category = '', key = ''] = basename(file, '.yaml').split('.');
    const { name, description, steps } = readSequenceFile(readFileSync(join(folder, file), 'utf8'));
    return { key, category, name, description, graph: normaliseGraph({ steps }) };
  }));
}
