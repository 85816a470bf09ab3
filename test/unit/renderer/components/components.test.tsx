// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CalendarEditor } from '../../../../renderer/components/calendar-editor.tsx';
import { ChartFrame } from '../../../../renderer/components/chart-frame.tsx';
import { DataTable, type Column } from '../../../../renderer/components/data-table.tsx';
import { cursorRows, fixedRows, useOffsetRows, type RowSource } from '../../../../renderer/components/row-source.ts';
import { StateBadge } from '../../../../renderer/components/state-badge.tsx';
import { QueryState } from '../../../../renderer/components/states.tsx';
import { WhyText } from '../../../../renderer/components/why-text.tsx';
import { ORPCError } from '@orpc/client';
import type { Calendar } from '../../../../shared/schemas/common.ts';
import { fakeNow, hour } from '../../../support/fake-data.ts';
import { busyState } from '../../../support/memory-engine.ts';
import { renderPart } from '../../../support/render.tsx';

afterEach(cleanup);

interface Row {
  readonly id: string;
  readonly name: string;
}
const rows = (count: number): Row[] => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, name: `Row ${index}` }));
const columns: readonly Column<Row>[] = [{ id: 'name', header: 'Name', cell: (row) => row.name, sortField: 'name' }];

function Table({ source, onOpen, onSort, sort }: { source: RowSource<Row>; onOpen?: (row: Row) => void; onSort?: (sort: string) => void; sort?: string }) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      <DataTable
        label="People"
        columns={columns}
        rows={source}
        rowId={(row) => row.id}
        empty={<p>Nobody</p>}
        selection={{ ids, onChange: setIds }}
        {...(onOpen ? { onOpen } : {})}
        {...(onSort ? { onSort } : {})}
        {...(sort === undefined ? {} : { sort })}
      />
      <output>{[...ids].join(',')}</output>
    </>
  );
}

describe('DataTable', () => {
  it('draws only the rows near the screen, but says how many there are', () => {
    renderPart(<Table source={fixedRows(rows(5000))} />, busyState());
    const grid = screen.getByRole('grid', { name: 'People' });
    expect(grid.getAttribute('aria-rowcount')).toBe('5001');
    expect(within(grid).getAllByRole('row').length).toBeLessThan(60);
    expect(screen.getByText('5,000 rows')).toBeTruthy();
  });

  it('moves, opens and selects by keyboard', () => {
    const opened: string[] = [];
    renderPart(<Table source={fixedRows(rows(50))} onOpen={(row) => opened.push(row.id)} />, busyState());
    const grid = screen.getByRole('grid');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter', ' ']) fireEvent.keyDown(grid, { key });
    expect(opened).toEqual(['r1']);
    expect(screen.getByRole('status').textContent).toBe('r1');
    fireEvent.keyDown(grid, { key: 'End' });
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(opened).toEqual(['r1', 'r49']);
  });

  it('asks for the other direction when a sorted column is pressed again', async () => {
    const sorts: string[] = [];
    renderPart(<Table source={fixedRows(rows(3))} sort="name" onSort={(sort) => sorts.push(sort)} />, busyState());
    expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending');
    await userEvent.click(screen.getByRole('button', { name: 'Name' }));
    expect(sorts).toEqual(['-name']);
  });

  it('shows its empty state, and its error with a way to try again', async () => {
    renderPart(<Table source={fixedRows([])} />, busyState());
    expect(screen.getByText('Nobody')).toBeTruthy();
    const refetch = vi.fn();
    renderPart(<Table source={{ ...fixedRows<Row>([]), total: null, error: new ORPCError('disk_full', { status: 507, message: 'No space left' }), refetch }} />, busyState());
    expect(screen.getByRole('alert').textContent).toMatch(/The disk is full.*Free some space/);
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(refetch).toHaveBeenCalledOnce();
  });
});

describe('row sources', () => {
  it('fetch only the pages around the visible rows', async () => {
    const asked: number[] = [];
    function Windowed() {
      const source = useOffsetRows<Row>(
        (offset, limit) => ({
          queryKey: ['rows', offset],
          queryFn: () => {
            asked.push(offset);
            return Promise.resolve({ items: rows(limit).map((_, index) => ({ id: `r${offset + index}`, name: `Row ${offset + index}` })), nextCursor: null, total: 100_000 });
          },
        }),
        'all',
      );
      return (
        <>
          <button type="button" onClick={() => source.want(73_040, 73_060)}>
            jump
          </button>
          <output>{`${source.total} ${source.at(0)?.name ?? '-'} ${source.at(73_050)?.name ?? '-'}`}</output>
        </>
      );
    }
    renderPart(<Windowed />, busyState());
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('100000 Row 0 -'));
    await userEvent.click(screen.getByRole('button', { name: 'jump' }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('100000 - Row 73050'));
    expect(asked).toEqual([0, 73_000]);
  });

  it('fetch the next page when the end comes near, once', () => {
    const fetchNextPage = vi.fn();
    const query = {
      data: { pages: [{ items: rows(50), nextCursor: '50', total: 120 }], pageParams: [undefined] },
      error: null,
      hasNextPage: true,
      isFetchingNextPage: false,
      fetchNextPage,
      refetch: vi.fn(),
    } as unknown as Parameters<typeof cursorRows<Row>>[0];
    const source = cursorRows<Row>(query);
    expect([source.total, source.count]).toEqual([120, 50]);
    source.want(0, 20);
    expect(fetchNextPage).not.toHaveBeenCalled();
    source.want(20, 40);
    expect(fetchNextPage).toHaveBeenCalledOnce();
  });
});

describe('small parts', () => {
  it('states are words and an icon, not only colour', () => {
    renderPart(<StateBadge kind="delivery" state="unknown" />, busyState());
    expect(screen.getByText('Outcome unknown').parentElement?.querySelector('svg')).toBeTruthy();
  });

  it('why-text says rule and time, with details as title', async () => {
    renderPart(<WhyText why={{ code: 'mailbox_hour', until: fakeNow + 24 * hour, detail: '20 of 20' }} />, busyState());
    const text = await screen.findByText(/The mailbox reached its hourly limit until Thu,? 15 Oct/);
    expect(text.getAttribute('title')).toContain('20 of 20');
  });

  it('keeps showing old data while a refetch fails', () => {
    renderPart(<QueryState query={{ data: 'old data', error: new Error('boom'), refetch: () => undefined }}>{(data) => <p>{data}</p>}</QueryState>, busyState());
    expect(screen.getByText('old data')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('a chart has a table twin with the same numbers', async () => {
    renderPart(
      <ChartFrame
        title="Sent"
        rows={[{ day: '2026-10-13', sent: 41 }]}
        columns={[
          { key: 'day', header: 'Day', value: (row) => row.day },
          { key: 'sent', header: 'Sent', value: (row) => row.sent },
        ]}
      >
        <p>bars</p>
      </ChartFrame>,
      busyState(),
    );
    await userEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('cell', { name: '41' })).toBeTruthy();
    expect(screen.queryByText('bars')).toBeNull();
  });
});

describe('CalendarEditor', () => {
  function Editor({ onChange }: { onChange: (value: Calendar) => void }) {
    const [value, setValue] = useState<Calendar>({ zone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }], holidays: [] });
    return (
      <CalendarEditor
        value={value}
        onChange={(next) => {
          setValue(next);
          onChange(next);
        }}
      />
    );
  }

  it('closes a day, opens another, and changes hours', async () => {
    let latest: Calendar | null = null;
    renderPart(<Editor onChange={(value) => (latest = value)} />, busyState());
    await userEvent.click(screen.getByRole('switch', { name: 'Send on Wednesday' }));
    await userEvent.click(screen.getByRole('switch', { name: 'Send on Saturday' }));
    fireEvent.change(screen.getByLabelText('Saturday, to'), { target: { value: '00:00' } });
    expect(latest).toEqual({
      zone: 'Europe/Berlin',
      windows: [
        { days: [1, 2, 4, 5], start: '09:00', end: '17:00' },
        { days: [6], start: '09:00', end: '24:00' },
      ],
      holidays: [],
    });
  });

  it('warns when no hours are left', async () => {
    renderPart(<Editor onChange={() => undefined} />, busyState());
    for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday']) await userEvent.click(screen.getByRole('switch', { name: `Send on ${day}` }));
    expect(screen.getByText(/nothing could be sent/)).toBeTruthy();
  });

  it('adds a holiday once, in order', async () => {
    let latest: Calendar | null = null;
    renderPart(<Editor onChange={(value) => (latest = value)} />, busyState());
    for (const day of ['2026-12-25', '2026-11-01', '2026-12-25']) {
      fireEvent.change(screen.getByLabelText('Holidays'), { target: { value: day } });
      await userEvent.click(screen.getByRole('button', { name: 'Add a holiday' }));
    }
    expect(latest).toMatchObject({ holidays: ['2026-11-01', '2026-12-25'] });
  });
});
