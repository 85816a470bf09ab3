import { useState } from 'react';
import type { Segment, SegmentFilter } from '../../../shared/schemas/segment.ts';
import { useSegments } from './api.ts';
import { noRules, ruleAbout, sameFilter } from './model/segment-rules.ts';

export interface SegmentDraft {
  /** The saved segment that is shown; null = none. */
  readonly segment: Segment | null;
  readonly filter: SegmentFilter;
  /** Whether the filter differs from the saved one. */
  readonly changed: boolean;
  readonly setFilter: (filter: SegmentFilter) => void;
  /** Puts a first rule in place. */
  readonly begin: () => void;
  readonly clear: () => void;
  readonly revert: () => void;
}

/** The filter while it is built: that of the chosen segment until somebody changes it. */
export function useSegmentDraft(segmentId: string | null): SegmentDraft {
  const segments = useSegments();
  const segment = segments.data?.items.find(({ id }) => id === segmentId) ?? null;
  const [own, setFilter] = useState<SegmentFilter | null>(null);
  const saved = segment?.filter ?? noRules;
  const filter = own ?? saved;
  return {
    segment,
    filter,
    changed: own !== null && !sameFilter(own, saved),
    setFilter,
    begin: () => setFilter({ ...filter, rules: [ruleAbout('field:company', [])] }),
    clear: () => setFilter(noRules),
    revert: () => setFilter(null),
  };
}
