import { Checkbox, Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react';
import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '../lib/messages/index.ts';
import styles from './components.module.css';
import { CellEditor } from './cell-editor.tsx';
import type { RowSource } from './row-source.ts';
import { ErrorState, LoadingState } from './states.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Fixed width in px, or a share of what is left (default 1). */
  readonly width?: number;
  readonly grow?: number;
  readonly align?: 'left' | 'right';
  /** Field name for the contract's `sort`; absent = not sortable. */
  readonly sortField?: string;
  /** The cell can be edited in place: F2, or its pencil. `save` throws what the engine refuses. */
  readonly edit?: { readonly value: (row: Row) => string; readonly save: (row: Row, text: string) => Promise<void>; readonly choices?: readonly string[] };
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Everybody who matches, loaded or not. */
  readonly all?: boolean;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

interface DataTableProps<Row> {
  /** Name of the table for assistive technology. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: RowSource<Row>;
  readonly rowId: (row: Row) => string;
  readonly empty: ReactNode;
  readonly onOpen?: (row: Row) => void;
  /** `field` or `-field`. */
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly selection?: Selection;
  readonly rowHeight?: number;
  /** Shown at the right of the footer. */
  readonly footer?: ReactNode;
  /** Row to mark as open, for example the one in a drawer. */
  readonly currentId?: string | null;
}

const headHeight = 36;

/**
 * The table of every list: draws only what is visible, moves by keyboard (arrows, Page Up/Down, Home, End, Enter opens,
 * Space selects, F2 edits the cell that left and right choose), and has skeleton, empty and error state of its own. It fills the height it is given.
 */
export function DataTable<Row>({ label, columns, rows, rowId, empty, onOpen, sort, onSort, selection, rowHeight = 44, footer, currentId = null }: DataTableProps<Row>) {
  const scroll = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  const [column, setColumn] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const id = useId();
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin: 0,
    scrollPaddingStart: headHeight,
    initialRect: { width: 1000, height: 700 },
    // Without layout (tests, a hidden pane) a sensible height stands in, so that rows exist.
    observeElementRect: (instance, notify) => observeElementRect(instance, (rect) => notify(rect.height > 0 ? rect : { width: 1000, height: 700 })),
  });
  const items = virtual.getVirtualItems();
  const start = items[0]?.index ?? 0;
  const end = (items[items.length - 1]?.index ?? -1) + 1;
  const { want } = rows;
  useEffect(() => want(start, end), [want, start, end]);

  const width = columns.reduce((sum, column) => sum + (column.width ?? 120), selection ? 44 : 0);
  const cellStyle = (column: Column<Row>) => ({
    ...(column.width === undefined ? { flex: `${column.grow ?? 1} 1 0`, minWidth: 120 } : { flex: `0 0 ${column.width}px` }),
    ...(column.align === 'right' ? { justifyContent: 'flex-end' } : {}),
  });

  const toggle = (key: string) => {
    if (!selection) return;
    const next = new Set(selection.all ? [] : selection.ids);
    if (!next.delete(key)) next.add(key);
    selection.onChange(next);
  };
  const editable = columns.filter(({ edit }) => edit !== undefined);
  const chosen = editable.find(({ id: own }) => own === column) ?? null;
  const besides = (step: number) => {
    const at = chosen === null ? (step > 0 ? -1 : editable.length) : editable.indexOf(chosen);
    setColumn(editable[Math.min(Math.max(at + step, 0), editable.length - 1)]?.id ?? null);
  };
  const startEditing = (index: number, columnId: string | null) => {
    if (rows.at(index) === undefined || editable.length === 0) return;
    setCurrent(index);
    setColumn(columnId ?? editable[0]?.id ?? null);
    setEditing(true);
  };
  const endEditing = () => {
    setEditing(false);
    scroll.current?.focus();
  };
  const goTo = (index: number) => {
    const target = Math.min(Math.max(index, 0), rows.count - 1);
    setCurrent(target);
    virtual.scrollToIndex(target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 400) / rowHeight) - 1);
    const row = rows.at(current);
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(current + 1),
      ArrowUp: () => goTo(current - 1),
      PageDown: () => goTo(current + page),
      PageUp: () => goTo(current - page),
      Home: () => goTo(0),
      End: () => goTo(rows.count - 1),
      ArrowLeft: () => besides(-1),
      ArrowRight: () => besides(1),
      F2: () => startEditing(current, column),
      Enter: () => row !== undefined && onOpen?.(row),
      ' ': () => row !== undefined && toggle(rowId(row)),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  if (rows.error) return <ErrorState error={rows.error} onRetry={rows.refetch} />;
  if (rows.total === null) {
    return (
      <div className={styles['tableFrame']}>
        <LoadingState rows={10} height={28} />
      </div>
    );
  }
  if (rows.total === 0 && rows.count === 0) return <div className={styles['tableFrame']}>{empty}</div>;

  const loadedIds = () => Array.from({ length: end - start }, (_, offset) => rows.at(start + offset)).flatMap((row) => (row === undefined ? [] : [rowId(row)]));
  return (
    <div className={styles['tableFrame']}>
      <div
        ref={scroll}
        className={styles['tableScroll']}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.total + 1}
        aria-describedby={`${id}-keys`}
        aria-activedescendant={chosen === null ? `${id}-${current}` : `${id}-cell`}
        aria-multiselectable={selection ? true : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={styles['tableHead']} style={{ height: headHeight, minWidth: width }}>
          {selection && (
            <div role="columnheader" className={styles['cell']} style={{ flex: '0 0 44px' }}>
              <Checkbox
                aria-label={t('table.selectAll')}
                checked={selection.all === true || (selection.ids.size > 0 && loadedIds().every((key) => selection.ids.has(key)))}
                indeterminate={selection.all !== true && selection.ids.size > 0 && !loadedIds().every((key) => selection.ids.has(key))}
                onChange={(event) => selection.onChange(event.currentTarget.checked ? new Set([...selection.ids, ...loadedIds()]) : new Set())}
              />
            </div>
          )}
          {columns.map((column) => {
            const sorted = column.sortField !== undefined && (sort === column.sortField ? 'ascending' : sort === `-${column.sortField}` ? 'descending' : null);
            return (
              <div key={column.id} role="columnheader" className={styles['cell']} style={cellStyle(column)} aria-sort={sorted || undefined}>
                {column.sortField !== undefined && onSort ? (
                  <button
                    type="button"
                    className={styles['sortButton']}
                    style={column.align === 'right' ? { justifyContent: 'flex-end' } : {}}
                    title={t('table.sortBy', { column: column.header })}
                    onClick={() => onSort(sort === column.sortField ? `-${column.sortField}` : (column.sortField ?? ''))}
                  >
                    <span className={styles['cellText']}>{column.header}</span>
                    {sorted === 'ascending' ? (
                      <IconArrowUp size={13} aria-hidden />
                    ) : sorted === 'descending' ? (
                      <IconArrowDown size={13} aria-hidden />
                    ) : (
                      <IconArrowsSort size={13} aria-hidden opacity={0.45} />
                    )}
                  </button>
                ) : (
                  <span className={styles['cellText']}>{column.header}</span>
                )}
              </div>
            );
          })}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative', minWidth: width }}>
          {items.map((item) => {
            const row = rows.at(item.index);
            const key = row === undefined ? null : rowId(row);
            return (
              <div
                key={item.key}
                id={`${id}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={key !== null && (selection?.all || selection?.ids.has(key) || key === currentId) ? true : undefined}
                data-current={item.index === current}
                data-clickable={onOpen !== undefined}
                className={styles['tableRow']}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={(event) => {
                  const pencil = (event.target as HTMLElement).closest<HTMLElement>('[data-edit]');
                  if (pencil) return startEditing(item.index, pencil.dataset['edit'] ?? null);
                  setCurrent(item.index);
                  if (row !== undefined) onOpen?.(row);
                }}
              >
                {selection && (
                  <div role="gridcell" className={styles['cell']} style={{ flex: '0 0 44px' }} onClick={(event) => event.stopPropagation()}>
                    {key !== null && (
                      <Checkbox tabIndex={-1} aria-label={t('table.selectRow')} checked={selection.all === true || selection.ids.has(key)} onChange={() => toggle(key)} />
                    )}
                  </div>
                )}
                {columns.map((own) => {
                  const isCurrent = own === chosen && item.index === current;
                  return (
                    <div
                      key={own.id}
                      id={isCurrent ? `${id}-cell` : undefined}
                      role="gridcell"
                      className={styles['cell']}
                      style={cellStyle(own)}
                      data-cell={isCurrent || undefined}
                    >
                      {row === undefined ? (
                        <Skeleton height={12} width="60%" radius="xs" />
                      ) : isCurrent && editing && own.edit ? (
                        <CellEditor label={own.header} value={own.edit.value(row)} choices={own.edit.choices} save={(text) => own.edit?.save(row, text)} onEnd={endEditing} />
                      ) : (
                        <>
                          {renderCell(own.cell(row))}
                          {own.edit && <span data-edit={own.id} className={styles['pencil']} title={t('cell.edit', { column: own.header })} aria-hidden />}
                        </>
                      )}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      <div className={styles['tableFoot']}>
        <span className="h-num">{t('table.rows', { count: rows.total })}</span>
        <span id={`${id}-keys`}>{t(editable.length > 0 ? 'table.keysEdit' : 'table.keys')}</span>
        <span style={{ marginInlineStart: 'auto' }}>{footer}</span>
      </div>
    </div>
  );
}

/** Text is cut with its full form as title; anything else draws itself. */
function renderCell(content: ReactNode): ReactNode {
  if (typeof content !== 'string' && typeof content !== 'number') return content;
  return (
    <span className={styles['cellText']} title={String(content)}>
      {content}
    </span>
  );
}
