import { keepPreviousData, useQueries, type InfiniteData, type QueryFunction, type QueryKey, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { Page } from '../../shared/schemas/common.ts';

/** Rows for a table that holds only what is near the screen. */
export interface RowSource<Row> {
  /** How many rows match; null until the first answer. */
  readonly total: number | null;
  /** How many rows the table lays out: all that match, or all that were loaded so far. */
  readonly count: number;
  readonly at: (index: number) => Row | undefined;
  /** Told whenever the visible range changes (end exclusive). */
  readonly want: (start: number, end: number) => void;
  readonly error: unknown;
  readonly refetch: () => void;
}

interface PageOptions<Row> {
  readonly queryKey: QueryKey;
  readonly queryFn: QueryFunction<Page<Row>>;
}

/**
 * Rows by offset: only the pages around the visible range are fetched, and jumping anywhere is one request.
 * `page` builds the query of one page; `resetKey` names the filter, so that a new filter starts at the top.
 */
export function useOffsetRows<Row>(page: (offset: number, limit: number) => PageOptions<Row>, resetKey: string, pageSize = 100): RowSource<Row> {
  const [range, setRange] = useState({ key: resetKey, first: 0, last: 0 });
  const { first, last } = range.key === resetKey ? range : { first: 0, last: 0 };
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const results = useQueries({ queries: numbers.map((n) => ({ ...page(n * pageSize, pageSize), placeholderData: keepPreviousData })) });
  const known = results.find((result) => result.data !== undefined)?.data;
  // A leap lands where nothing is loaded yet: without the total of before, the table would go and take the place of the leap with it.
  const [counted, setCounted] = useState<{ key: string; total: number } | null>(null);
  if (known && (counted?.key !== resetKey || counted.total !== known.total)) setCounted({ key: resetKey, total: known.total });
  const total = known?.total ?? (counted?.key === resetKey ? counted.total : null);
  const want = useCallback(
    (start: number, end: number) => {
      const next = { key: resetKey, first: Math.floor(start / pageSize), last: Math.max(0, Math.floor(Math.max(start, end - 1) / pageSize)) };
      setRange((old) => (old.key === next.key && old.first === next.first && old.last === next.last ? old : next));
    },
    [resetKey, pageSize],
  );
  return {
    total,
    count: total ?? 0,
    at: (index) => {
      const result = results[Math.floor(index / pageSize) - first];
      return result && !result.isPlaceholderData ? result.data?.items[index % pageSize] : undefined;
    },
    want,
    error: known ? null : (results.find((result) => result.error)?.error ?? null),
    refetch: () => {
      for (const result of results) void result.refetch();
    },
  };
}

/** Rows by cursor: pages follow one another as the end comes near. */
export function cursorRows<Row>(
  query: Pick<UseInfiniteQueryResult<InfiniteData<Page<Row>>>, 'data' | 'error' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'>,
): RowSource<Row> {
  const pages = query.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.items);
  return {
    total: pages.length > 0 ? (pages[pages.length - 1]?.total ?? 0) : null,
    count: rows.length,
    at: (index) => rows[index],
    want: (_start, end) => {
      if (end >= rows.length - 20 && query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
    },
    error: query.data ? null : query.error,
    refetch: () => void query.refetch(),
  };
}

/** Rows that are all here already. */
export function fixedRows<Row>(rows: readonly Row[]): RowSource<Row> {
  return { total: rows.length, count: rows.length, at: (index) => rows[index], want: () => undefined, error: null, refetch: () => undefined };
}
