import { randomBytes } from 'node:crypto';

export interface Ids {
  /** A new UUID v7 (RFC 9562 section 5.7): unique, sortable by creation time. */
  next(): string;
}

/** Random bytes are drawn in blocks: an import mints 100,000 ids. */
export function createIds(now: () => number, bytes: (size: number) => Uint8Array = randomBytes): Ids {
  /** Hexadecimal. */
  let pool = '';
  let at = 0;
  let lastMs = 0;
  let sequence = 0;
  return {
    next() {
      if (at + 16 > pool.length) {
        pool = Buffer.from(bytes(8 * 512)).toString('hex');
        at = 0;
      }
      const ms = Math.max(now(), lastMs);
      // rand_a holds a counter inside one millisecond, so ids of one process are strictly increasing.
      sequence = ms === lastMs ? sequence + 1 : 0;
      lastMs = sequence > 0xfff ? ms + 1 : ms;
      if (sequence > 0xfff) sequence = 0;
      const time = lastMs.toString(16).padStart(12, '0');
      const random = pool.slice(at, at + 16);
      at += 16;
      const variant = ((parseInt(random.charAt(0), 16) & 0x3) | 0x8).toString(16);
      return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
    },
  };
}
