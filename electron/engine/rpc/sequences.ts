import type { TestSendInput } from '../delivery/index.ts';
import type { Analytics } from '../analytics/index.ts';
import type { Sequences } from '../sequences/index.ts';
import { os } from './base.ts';

export function sequencesRouter(
  sequences: Sequences,
  analytics: Pick<Analytics, 'stepNumbers' | 'recommendations'>,
  testSend: (input: TestSendInput) => Promise<{ deliveryId: string }>,
) {
  return {
    list: os.sequences.list.handler(({ input }) => sequences.list(input)),
    create: os.sequences.create.handler(({ input }) => sequences.create(input)),
    get: os.sequences.get.handler(({ input }) => sequences.get(input.id)),
    update: os.sequences.update.handler(({ input: { id, ...patch } }) => sequences.update(id, patch)),
    remove: os.sequences.remove.handler(({ input }) => {
      sequences.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
    activate: os.sequences.activate.handler(({ input }) => sequences.activate(input.id)),
    duplicate: os.sequences.duplicate.handler(({ input }) => sequences.duplicate(input.id)),
    preview: os.sequences.preview.handler(({ input }) => sequences.preview(input)),
    previewPeople: os.sequences.previewPeople.handler(({ input }) => ({ items: sequences.previewPeople(input.variant) })),
    checkLinks: os.sequences.checkLinks.handler(async ({ input }) => ({ items: await sequences.checkLinks(input.urls) })),
    check: os.sequences.check.handler(({ input }) => ({ issues: sequences.check(input.graph) })),
    mergeTags: os.sequences.mergeTags.handler(() => ({ tags: sequences.mergeTags() })),
    versions: os.sequences.versions.handler(({ input }) => ({ items: sequences.versions.list(input.id) })),
    diff: os.sequences.diff.handler(({ input }) => ({ changes: sequences.versions.diff(input.id, input.from ?? null, input.to ?? null) })),
    restore: os.sequences.restore.handler(({ input }) => sequences.update(input.id, { graph: sequences.versions.graph(input.id, input.versionId) })),
    export: os.sequences.export.handler(({ input }) => sequences.file(input.id, input.format)),
    import: os.sequences.import.handler(({ input }) => sequences.import(input.text)),
    fileSchema: os.sequences.fileSchema.handler(() => sequences.fileSchema()),
    gallery: os.sequences.gallery.handler(async () => ({ items: await sequences.gallery() })),
    numbers: os.sequences.numbers.handler(async ({ input }) => ({ items: await analytics.stepNumbers(input.id) })),
    recommendations: os.sequences.recommendations.handler(({ input }) => analytics.recommendations(input.id, sequences.get(input.id).draft)),
    testSend: os.sequences.testSend.handler(({ input }) => testSend(input)),
  };
}
