import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../../lib/client.ts';
import type { NameOf } from './words-of-steps.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Names {
  readonly nameOf: NameOf;
  readonly lists: readonly Choice[];
  readonly segments: readonly Choice[];
  /** Sequences with an active version. */
  readonly sequences: readonly Choice[];
  /** Standard fields, and custom ones as `custom.name`. */
  readonly fields: readonly string[];
  readonly tags: readonly string[];
}

const standard = ['first_name', 'last_name', 'company', 'title', 'phone', 'website', 'city', 'country', 'email', 'time_zone'];

/** What steps can name: lists, segments, sequences, fields and tags that exist. */
export function useNames(): Names {
  const lists = useQuery(api.lists.list.queryOptions({ input: { limit: 200 } }));
  const segments = useQuery(api.segments.list.queryOptions({ input: {} }));
  const sequences = useQuery(api.sequences.list.queryOptions({ input: { limit: 200, sort: '-updatedAt' } }));
  const known = useQuery(api.subscribers.fields.queryOptions({ input: {} }));
  const listChoices = (lists.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const segmentChoices = (segments.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const all = sequences.data?.items ?? [];
  // The same function until a name changes: the canvas draws what it says.
  const nameOf = useCallback<NameOf>(
    (id) => [...(lists.data?.items ?? []), ...(segments.data?.items ?? []), ...(sequences.data?.items ?? [])].find((one) => one.id === id)?.name ?? null,
    [lists.data, segments.data, sequences.data],
  );
  return {
    nameOf,
    lists: listChoices,
    segments: segmentChoices,
    sequences: all.filter(({ activeVersion }) => activeVersion !== null).map(({ id, name }) => ({ value: id, label: name })),
    fields: [...standard, ...(known.data?.custom ?? []).map((name) => `custom.${name}`)],
    tags: known.data?.tags ?? [],
  };
}
