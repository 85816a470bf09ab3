import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** The scripts and styles that the built interface loads before it shows anything, with their compressed bytes. */
export function startFiles(): { readonly name: string; readonly gzip: number }[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const found = new Map<string, number>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    const content = readFileSync(join(folder, 'assets', name));
    found.set(name, gzipSync(content).length);
    if (!name.endsWith('.js')) return;
    for (const [, imported = ''] of content.toString().matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) visit(imported);
  };
  for (const [, name = ''] of page.matchAll(/assets\/([^"]+\.(?:js|css))"/g)) visit(name);
  return [...found].map(([name, gzip]) => ({ name, gzip }));
}
