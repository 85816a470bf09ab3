import type { Comparisons } from '../analytics/index.ts';
import type { Sequences } from '../sequences/index.ts';
import { os } from './base.ts';

export function comparisonRouter(comparisons: Comparisons, sequences: Pick<Sequences, 'get'>) {
  return {
    mails: os.comparison.mails.handler(() => ({ items: comparisons.mails() })),
    add: os.comparison.add.handler(({ input }) => comparisons.add(input)),
    remove: os.comparison.remove.handler(({ input }) => {
      comparisons.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
    compare: os.comparison.compare.handler(({ input }) => comparisons.compare(input.competitor, sequences.get(input.sequenceId).draft)),
    read: os.comparison.read.handler(({ input, signal }) => comparisons.read(input.competitor, signal)),
  };
}
