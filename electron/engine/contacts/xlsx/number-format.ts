/** How the number of a cell is to be read. */
export type NumberKind = 'number' | 'date' | 'time' | 'moment' | 'elapsed' | { readonly digits: number };

const dayMs = 86_400_000;
/** 9999-12-31, the last day that a spreadsheet knows. */
const lastSerial = 2_958_466;

/** What a format means. `code` is a custom format (ECMA-376 part 1, 18.8.31), absent for a built-in one. */
export function numberKind(id: number, code: string | undefined): NumberKind {
  if (code === undefined) return builtIn(id);
  // Of the sections positive; negative; zero; text only the first one shows dates. Texts and colours say nothing.
  const first = code.replace(/\\.|"[^"]*"|_.|\*./g, '').split(';', 1)[0] ?? '';
  if (/^0{2,20}$/.test(first)) return { digits: first.length };
  if (/\[(?:h+|m+|s+)\]/i.test(first)) return 'elapsed';
  const bare = first.replace(/\[[^\]]*\]/g, '').replace(/general|am\/pm|a\/p/gi, '');
  const hours = /[hs]/i.test(bare);
  const days = /[yd]/i.test(bare) || (/m/i.test(bare) && !hours);
  return days ? (hours ? 'moment' : 'date') : hours ? 'time' : 'number';
}

// 27 to 36 and 50 to 58 are the dates of the East Asian editions.
function builtIn(id: number): NumberKind {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'date';
  if (id === 22) return 'moment';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return 'time';
  return id === 46 ? 'elapsed' : 'number';
}

/**
 * The text of a number: a date as `YYYY-MM-DD`, with a time of day as `YYYY-MM-DDTHH:MM:SS`, a time as `HH:MM:SS`. Days
 * count from 1899-12-30, for Excel takes 1900 for a leap year, or from 1904-01-01. What is no date is a plain number of
 * at most 15 digits, as spreadsheets show it.
 */
export function numberText(raw: string, kind: NumberKind, from1904: boolean): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (typeof kind === 'object' && Number.isInteger(value) && value >= 0) return plain(value).padStart(kind.digits, '0');
  const dated = kind === 'date' || kind === 'moment' || kind === 'time';
  if (kind === 'number' || typeof kind === 'object' || value < 0 || value >= lastSerial) return plain(value);
  const seconds = Math.round(value * 86_400);
  if (!dated) return clock(seconds);
  const time = clock(seconds % 86_400);
  if (kind === 'time') return time;
  // The day of a moment that rounds up to midnight is the next one.
  const days = kind === 'date' ? Math.floor(value) : Math.floor(seconds / 86_400);
  if (days === 0 && !from1904) return kind === 'moment' ? time : plain(value);
  const date = new Date((from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30)) + days * dayMs).toISOString().slice(0, 10);
  return kind === 'date' || time === '00:00:00' ? date : `${date}T${time}`;
}

function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function plain(value: number): string {
  return String(Number(value.toPrecision(15)));
}
