/**
 * UTC offsets of IANA zones, from `Intl`, cached so that planning 100,000 people stays cheap. One `Intl` answer costs
 * microseconds; a cached one costs tens of nanoseconds.
 */

/** A stretch of constant offset: local time = instant + `offset`, for `from` ≤ instant < `to` (all in ms). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** Length of a cached piece. No zone changes its offset twice within three days. */
const chunkMs = 3 * 86_400_000;
/** No zone was ever further from UTC than this (Manila, before 1845, was 15:56 behind). */
const maxOffsetMs = 16 * 3_600_000;

/** One zone. Get it with `zoneOf`: the cache lives in the object. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #chunks = new Map<number, readonly Stretch[]>();
  readonly #edges = new Map<number, number>();
  #last: Stretch = { from: 0, to: 0, offset: 0 };

  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  /** The stretch of constant offset around an instant. It may end at a cache edge: the next one then has the same offset. */
  stretchAt(at: number): Stretch {
    const last = this.#last;
    if (at >= last.from && at < last.to) return last;
    const number = Math.floor(at / chunkMs);
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) {
      chunk = this.#readChunk(number);
      this.#chunks.set(number, chunk);
    }
    for (const stretch of chunk) {
      if (at < stretch.to) return (this.#last = stretch);
    }
    throw new Error('a chunk covers its whole time');
  }

  /** Local time minus UTC at an instant, ms. */
  offsetAt(at: number): number {
    return this.stretchAt(at).offset;
  }

  /**
   * The instant at which the clocks of the zone show the wall time `local` (ms, as if it were UTC). An ambiguous time
   * is its first pass. A time inside a gap does not occur: `gap` is then 'forward' to read it with the offset before
   * the gap (it moves forward by the length of the gap), or 'edge' for the first instant after the gap.
   */
  instantOf(local: number, gap: 'forward' | 'edge' = 'forward'): number {
    let stretch = this.stretchAt(local - maxOffsetMs);
    for (;;) {
      const instant = local - stretch.offset;
      if (instant < stretch.to) return instant;
      const next = this.stretchAt(stretch.to);
      if (local - next.offset < next.from) return gap === 'edge' ? next.from : instant;
      stretch = next;
    }
  }

  #readChunk(number: number): Stretch[] {
    const end = (number + 1) * chunkMs;
    const endOffset = this.#edge(number + 1);
    const stretches: Stretch[] = [];
    let from = number * chunkMs;
    let offset = this.#edge(number);
    while (offset !== endOffset) {
      const to = this.#changeAfter(from, end, offset);
      stretches.push({ from, to, offset });
      from = to;
      offset = this.#askIntl(to);
    }
    if (from < end) stretches.push({ from, to: end, offset });
    return stretches;
  }

  #edge(number: number): number {
    let offset = this.#edges.get(number);
    if (offset === undefined) {
      offset = this.#askIntl(number * chunkMs);
      this.#edges.set(number, offset);
    }
    return offset;
  }

  /** First second in (from, to] whose offset is not `offset`; the one at `to` is known to differ. */
  #changeAfter(from: number, to: number, offset: number): number {
    let low = Math.floor(from / 1000);
    let high = Math.ceil(to / 1000);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#askIntl(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }

  #askIntl(at: number): number {
    // 'MM/DD/YYYY, HH:MM:SS'
    const text = this.#format.format(at);
    const year = Number(text.slice(6, text.length - 10));
    const local = Date.UTC(year, Number(text.slice(0, 2)) - 1, Number(text.slice(3, 5)), Number(text.slice(-8, -6)), Number(text.slice(-5, -3)), Number(text.slice(-2)));
    return local - Math.floor(at / 1000) * 1000;
  }
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name. Throws RangeError for a name that this runtime does not know. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}

const dayMs = 86_400_000;

/** The date that the clocks of a zone show, `YYYY-MM-DD`. */
export function localDay(zone: string, at: number): string {
  const date = new Date(at + zoneOf(zone).offsetAt(at));
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** The first instant of the local day around `at`: usually midnight, later where midnight is skipped. */
export function startOfLocalDay(zone: string, at: number): number {
  const clock = zoneOf(zone);
  const local = at + clock.offsetAt(at);
  return clock.instantOf(Math.floor(local / dayMs) * dayMs, 'edge');
}

/** The first instant of the local day after the one around `at`: when a day's limit starts anew. */
export function startOfNextLocalDay(zone: string, at: number): number {
  const clock = zoneOf(zone);
  const local = at + clock.offsetAt(at);
  return clock.instantOf((Math.floor(local / dayMs) + 1) * dayMs, 'edge');
}

/** The zone of the computer that Homing runs on, which is its user's. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
