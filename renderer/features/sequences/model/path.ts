export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An SVG path along right-angled corners, rounded by at most `radius` pixels. */
export function pathThrough(points: readonly Point[], radius: number): string {
  const corners = points.filter((point, index) => index === 0 || point.x !== points[index - 1]?.x || point.y !== points[index - 1]?.y);
  const [start] = corners;
  if (start === undefined) return '';
  const drawn = corners.slice(1).map((point, index) => {
    const [before, after] = [corners[index], corners[index + 2]];
    if (before === undefined || after === undefined) return `L${point.x} ${point.y}`;
    const turn = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
    const [into, out] = [towards(point, before, turn), towards(point, after, turn)];
    return `L${into.x} ${into.y}Q${point.x} ${point.y} ${out.x} ${out.y}`;
  });
  return `M${start.x} ${start.y}${drawn.join('')}`;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  return whole === 0 ? from : { x: from.x + ((to.x - from.x) / whole) * by, y: from.y + ((to.y - from.y) / whole) * by };
}
