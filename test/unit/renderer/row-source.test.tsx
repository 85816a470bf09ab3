// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, it } from 'vitest';
import { useOffsetRows } from '../../../renderer/components/row-source.ts';

afterEach(cleanup);

it('keeps the table while a leap lands where nothing is loaded yet', async () => {
  const queryClient = new QueryClient();
  const waiting = new Map<number, () => void>();
  const page = (offset: number, limit: number) => ({
    queryKey: ['rows', offset],
    queryFn: () =>
      new Promise<{ items: number[]; nextCursor: null; total: number }>((resolve) => {
        const items = Array.from({ length: limit }, (_, index) => offset + index);
        waiting.set(offset, () => resolve({ items, nextCursor: null, total: 100_000 }));
      }),
  });
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>;
  const { result } = renderHook(() => useOffsetRows<number>(page, 'everybody'), { wrapper });
  expect(result.current.total).toBeNull();
  await waitFor(() => expect(waiting.has(0)).toBe(true));
  act(() => waiting.get(0)?.());
  await waitFor(() => expect(result.current.total).toBe(100_000));
  act(() => result.current.want(54_000, 54_040));
  expect(result.current).toMatchObject({ total: 100_000, count: 100_000 });
  expect(result.current.at(54_000)).toBeUndefined();
  await waitFor(() => expect(waiting.has(54_000)).toBe(true));
  act(() => waiting.get(54_000)?.());
  await waitFor(() => expect(result.current.at(54_000)).toBe(54_000));
});
