/**
 * Which pieces of a long list must be read for the rows on the screen. The engine gives out pieces of a fixed
 * length by offset; rows that have not come yet are shown as placeholders.
 */
export const pieceLength = 100;

/** Offsets of the pieces that hold the rows `first`..`last`, both inclusive. */
export function piecesFor(first: number, last: number, total: number, length = pieceLength): number[] {
  if (total <= 0) return [0];
  const from = Math.floor(Math.max(0, first) / length);
  const to = Math.floor(Math.min(Math.max(first, last, 0), total - 1) / length);
  return Array.from({ length: Math.max(0, to - from) + 1 }, (_, index) => (from + index) * length);
}

/** Rows that are chosen: some by id, or all that match the filter but some. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range selection with the shift key starts. */
  readonly anchor: number | null;
}

export const noSelection: Selection = { ids: new Set(), anchor: null };

export function toggleRow(selection: Selection, id: string, index: number): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: index };
}

/** Selects from the anchor to `index`; `idAt` gives null for rows that were not read yet. */
export function selectRange(selection: Selection, index: number, idAt: (index: number) => string | null): Selection {
  const anchor = selection.anchor ?? index;
  const ids = new Set(selection.ids);
  for (let row = Math.min(anchor, index); row <= Math.max(anchor, index); row += 1) {
    const id = idAt(row);
    if (id !== null) ids.add(id);
  }
  return { ids, anchor };
}

export function addRows(selection: Selection, ids: Iterable<string>): Selection {
  return { ids: new Set([...selection.ids, ...ids]), anchor: selection.anchor };
}

/** Splits ids into calls that the engine accepts. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
