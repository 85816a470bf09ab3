import { edgesOf } from '../../../../shared/graph.ts';
import type { SequenceGraph, Step } from '../../../../shared/schemas/sequence.ts';
import { outlineOf, type Item } from './outline.ts';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A step, or the end that a way comes to. x and y = its top left corner. */
export interface Box extends Size {
  readonly id: string;
  readonly step: Step | null;
  readonly x: number;
  readonly y: number;
  /** Boxes of one row stand side by side; what follows a step stands in a later row. */
  readonly row: number;
}

/** A way as it is drawn: out of a step, down along `x`, into a box. */
export interface Link {
  readonly from: string;
  readonly edgeId: string;
  /** The box that it leads to. */
  readonly to: string;
  readonly x: number;
}

export interface Layout extends Size {
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
}

/** The box of the end that a way comes to. */
export function endId(stepId: string, edgeId: string): string {
  return `end ${stepId} ${edgeId}`;
}

export const endSize: Size = { width: 64, height: 24 };
const gap = { column: 28, row: 56, rowOfWays: 112 } as const;
/** What a way without steps of its own takes, for its name. */
const emptyLane = 176;

/** How far something reaches to the left and to the right of its axis. */
interface Reach {
  readonly left: number;
  readonly right: number;
}

/** Where each step and each way of a branching step stands sideways, relative to the axis of the whole. */
interface Axes {
  readonly steps: Map<string, number>;
  readonly ways: Map<string, number>;
}

/**
 * Places a graph top-down. The ways of a step stand side by side in the order in which they are tried, and what follows
 * where they come together stands below all of them. Nothing overlaps; every box stands below those that lead to it,
 * but for a way that makes a loop. The same graph always gives the same picture.
 */
export function layoutOf(graph: SequenceGraph, sizeOf: (step: Step) => Size): Layout {
  const { items, unreachable } = outlineOf(graph);
  const axes: Axes = { steps: new Map(), ways: new Map() };
  const reach = measure(items, sizeOf);
  place(items, 0, sizeOf, axes);
  let right = reach.right;
  for (const step of unreachable) {
    const { width } = sizeOf(step);
    axes.steps.set(step.id, right + 2 * gap.column + width / 2);
    right += 2 * gap.column + width;
  }
  const rows = rowsOf(graph, items);
  const links = linksOf(graph, axes);
  const boxes = spread(stack([...graph.steps.map((step) => stepBox(step, rows, axes, sizeOf)), ...endBoxes(rows, links)], graph));
  const x = Math.min(0, ...boxes.map((box) => box.x), ...links.map((link) => link.x));
  const width = Math.max(0, ...boxes.map((box) => box.x + box.width), ...links.map((link) => link.x)) - x;
  return {
    boxes: boxes.map((box) => ({ ...box, x: box.x - x })),
    links: links.map((link) => ({ ...link, x: link.x - x })),
    width,
    height: Math.max(0, ...boxes.map((box) => box.y + box.height)),
  };
}

function measure(items: readonly Item[], sizeOf: (step: Step) => Size): Reach {
  return items.reduce<Reach>(
    (most, item) => {
      const own = reachOf(item, sizeOf);
      return { left: Math.max(most.left, own.left), right: Math.max(most.right, own.right) };
    },
    { left: 0, right: 0 },
  );
}

function reachOf(item: Item, sizeOf: (step: Step) => Size): Reach {
  const half = sizeOf(item.step).width / 2;
  if (item.lanes.length === 0) return { left: half, right: half };
  const { spine, width } = columns(item, sizeOf);
  return { left: Math.max(half, spine), right: Math.max(half, width - spine) };
}

/** The axes of the ways of a step from the left edge of all of them, and the axis on which it goes on below: amid those that come together. */
function columns(item: Item, sizeOf: (step: Step) => Size): { axes: number[]; spine: number; width: number } {
  let width = 0;
  const axes = item.lanes.map((lane, index) => {
    const own = measure(lane.items, sizeOf);
    const left = Math.max(own.left, emptyLane / 2);
    const axis = width + (index === 0 ? 0 : gap.column) + left;
    width = axis + Math.max(own.right, emptyLane / 2);
    return axis;
  });
  const joining = axes.filter((_, index) => item.lanes[index]?.ends === 'joins');
  const amid = joining.length > 0 ? joining : axes;
  return { axes, spine: ((amid[0] ?? 0) + (amid.at(-1) ?? 0)) / 2, width };
}

function place(items: readonly Item[], axis: number, sizeOf: (step: Step) => Size, axes: Axes): void {
  for (const item of items) {
    axes.steps.set(item.step.id, axis);
    const { axes: own, spine } = columns(item, sizeOf);
    for (const [index, lane] of item.lanes.entries()) {
      const at = axis - spine + (own[index] ?? 0);
      axes.ways.set(endId(item.step.id, lane.edge.id), at);
      place(lane.items, at, sizeOf, axes);
    }
  }
}

function linksOf(graph: SequenceGraph, axes: Axes): Link[] {
  const known = new Set(graph.steps.map(({ id }) => id));
  return graph.steps.flatMap((step) =>
    edgesOf(graph, step).map(({ id, to }) => {
      const end = endId(step.id, id);
      return { from: step.id, edgeId: id, to: to !== null && known.has(to) ? to : end, x: axes.ways.get(end) ?? axes.steps.get(step.id) ?? 0 };
    }),
  );
}

/**
 * The row of each step: the longest way to it. What follows a branching step comes below all that stands in its lanes,
 * where that makes no circle.
 */
function rowsOf(graph: SequenceGraph, items: readonly Item[]): Map<string, number> {
  const below = new Map<string, Set<string>>(graph.steps.map(({ id }) => [id, new Set<string>()]));
  const leads = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const open = [from];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === to) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(below.get(id) ?? []));
    }
    return false;
  };
  const add = (from: string, to: string) => {
    if (below.has(to) && !below.get(from)?.has(to) && !leads(to, from)) below.get(from)?.add(to);
  };
  for (const step of graph.steps) for (const { to } of edgesOf(graph, step)) if (to !== null) add(step.id, to);
  const belowLanes = (item: Item): void => {
    for (const lane of item.lanes) {
      lane.items.forEach(belowLanes);
      const last = lane.items.at(-1);
      if (item.exit !== null && last !== undefined) add(last.step.id, item.exit);
    }
  };
  items.forEach(belowLanes);
  const rows = new Map<string, number>();
  const waiting = new Map<string, number>(graph.steps.map(({ id }) => [id, 0]));
  for (const targets of below.values()) for (const to of targets) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const open = graph.steps.flatMap(({ id }) => (waiting.get(id) === 0 ? [id] : []));
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const row = rows.get(id) ?? 0;
    rows.set(id, row);
    for (const to of below.get(id) ?? []) {
      rows.set(to, Math.max(rows.get(to) ?? 0, row + 1));
      waiting.set(to, (waiting.get(to) ?? 0) - 1);
      if (waiting.get(to) === 0) open.push(to);
    }
  }
  return rows;
}

function stepBox(step: Step, rows: ReadonlyMap<string, number>, axes: Axes, sizeOf: (step: Step) => Size): Box {
  const size = sizeOf(step);
  return { id: step.id, step, ...size, x: (axes.steps.get(step.id) ?? 0) - size.width / 2, y: 0, row: rows.get(step.id) ?? 0 };
}

function endBoxes(rows: ReadonlyMap<string, number>, links: readonly Link[]): Box[] {
  return links.flatMap((link) =>
    link.to === endId(link.from, link.edgeId) ? [{ id: link.to, step: null, ...endSize, x: link.x - endSize.width / 2, y: 0, row: (rows.get(link.from) ?? 0) + 1 }] : [],
  );
}

/** Gives each row its height: that of its tallest box, and room for the names of ways below a branching step. */
function stack(boxes: readonly Box[], graph: SequenceGraph): Box[] {
  const last = Math.max(0, ...boxes.map(({ row }) => row));
  const tops: number[] = [];
  let y = 0;
  for (let row = 0; row <= last; row += 1) {
    tops.push(y);
    const own = boxes.filter((box) => box.row === row);
    const ways = own.some(({ step }) => step !== null && edgesOf(graph, step).length > 1);
    y += Math.max(0, ...own.map(({ height }) => height)) + (ways ? gap.rowOfWays : gap.row);
  }
  return boxes.map((box) => ({ ...box, y: tops[box.row] ?? 0 }));
}

/** Pushes apart what would overlap inside a row. */
function spread(boxes: readonly Box[]): Box[] {
  const moved = new Map<string, number>();
  const free = new Map<number, number>();
  for (const box of [...boxes].sort((a, b) => a.row - b.row || a.x + a.width / 2 - (b.x + b.width / 2))) {
    const x = Math.max(box.x, free.get(box.row) ?? -Infinity);
    moved.set(box.id, x);
    free.set(box.row, x + box.width + gap.column / 2);
  }
  return boxes.map((box) => ({ ...box, x: moved.get(box.id) ?? box.x }));
}

/** Where an arrow key leads from a box: down the first way, up to what leads here, sideways to the other ways of that step, then in the row. */
export function neighbour({ boxes, links }: Layout, id: string, key: 'up' | 'down' | 'left' | 'right'): string | null {
  if (key === 'down') return links.find((link) => link.from === id)?.to ?? null;
  const into = links.find((link) => link.to === id);
  if (key === 'up') return into?.from ?? null;
  const siblings = [...new Set(links.filter((link) => link.from === into?.from).map(({ to }) => to))];
  const sibling = siblings[siblings.indexOf(id) + (key === 'right' ? 1 : -1)];
  if (sibling !== undefined && siblings.includes(id)) return sibling;
  const own = boxes.find((box) => box.id === id);
  if (own === undefined) return null;
  const away = boxes
    .filter((box) => box.row === own.row && !siblings.includes(box.id))
    .map((box) => ({ id: box.id, by: (box.x + box.width / 2 - own.x - own.width / 2) * (key === 'right' ? 1 : -1) }))
    .filter(({ by }) => by > 0);
  return away.sort((a, b) => a.by - b.by)[0]?.id ?? null;
}
