import type { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { Template, TemplateInput, TemplateKind, templatePatchSchema } from '../../../shared/schemas/sequence.ts';
import type { Tx } from '../store/index.ts';
import type { SequencesDeps } from './deps.ts';
import { listPage } from './listing.ts';

type TemplatePatch = z.infer<typeof templatePatchSchema>;

const columns = 'id, kind, name, subject, html, text, created_at as createdAt, updated_at as updatedAt';

export interface Templates {
  list(query: PageQuery & { readonly kind?: TemplateKind | undefined }): Page<Template>;
  get(id: string): Template;
  create(input: TemplateInput): Template;
  update(id: string, patch: TemplatePatch): Template;
  remove(id: string): void;
}

/** Reusable texts. A step takes a copy: changing a template changes no sequence. */
export function createTemplates({ store, events, clock, ids }: Pick<SequencesDeps, 'store' | 'events' | 'clock' | 'ids'>): Templates {
  function changed(tx: Tx, templateId: string, change: 'created' | 'updated' | 'removed'): void {
    events.append(tx, { type: 'template_changed', actor: 'person', data: { templateId, change } });
  }

  function get(id: string): Template {
    const row = store.prepareRead(`select ${columns} from templates where id = ?`).get(id) as Template | undefined;
    if (row === undefined) throw gone();
    return row;
  }

  return {
    get,
    list: ({ kind, ...query }) =>
      listPage<Template & { sortKey?: unknown }, Template>(
        store,
        'templates',
        columns,
        `name || ' ' || subject`,
        query,
        ({ sortKey: _sortKey, ...template }) => template,
        kind === undefined ? undefined : { sql: 'kind = @kind', values: { kind } },
      ),
    create(input) {
      const id = ids.next();
      const at = clock.now();
      store.transaction((tx) => {
        tx.prepare('insert into templates (id, kind, name, subject, html, text, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?)').run(
          id,
          input.kind,
          input.name,
          input.subject,
          input.html,
          input.text,
          at,
          at,
        );
        changed(tx, id, 'created');
      });
      return get(id);
    },
    update(id, patch) {
      store.transaction((tx) => {
        const row = tx.prepare(`select ${columns} from templates where id = ?`).get(id) as Template | undefined;
        if (row === undefined) throw gone();
        tx.prepare('update templates set name = ?, subject = ?, html = ?, text = ?, updated_at = ? where id = ?').run(
          patch.name ?? row.name,
          patch.subject ?? row.subject,
          patch.html ?? row.html,
          patch.text ?? row.text,
          clock.now(),
          id,
        );
        changed(tx, id, 'updated');
      });
      return get(id);
    },
    remove(id) {
      store.transaction((tx) => {
        if (tx.prepare('delete from templates where id = ?').run(id).changes === 0) throw gone();
        changed(tx, id, 'removed');
      });
    },
  };
}

function gone(): AppError {
  return new AppError('not_found', 'There is no such template.');
}
