/** A calendar date without time. */
interface Ymd {
  year: number;
  month: number;
  day: number;
}

const months: readonly (readonly string[])[] = [
  [
    'january',
    'jan',
    'januar',
    'jänner',
    'janvier',
    'janv',
    'enero',
    'ene',
    'gennaio',
    'gen',
    'januari',
    'janeiro',
    'stycznia',
    'styczeń',
    'tammikuuta',
    'ledna',
    'januára',
    'ocak',
  ],
  ['february', 'feb', 'februar', 'février', 'févr', 'fevrier', 'febrero', 'febbraio', 'februari', 'fevereiro', 'fev', 'lutego', 'luty', 'helmikuuta', 'února', 'februára', 'şubat'],
  ['march', 'mar', 'märz', 'maerz', 'mrz', 'mars', 'marzo', 'maart', 'março', 'marca', 'marzec', 'maaliskuuta', 'března', 'mart'],
  ['april', 'apr', 'avril', 'avr', 'abril', 'abr', 'aprile', 'kwietnia', 'kwiecień', 'huhtikuuta', 'dubna', 'apríla', 'nisan'],
  ['may', 'mai', 'mayo', 'maggio', 'mag', 'mei', 'maio', 'maja', 'maj', 'toukokuuta', 'května', 'mája', 'mayıs'],
  ['june', 'jun', 'juni', 'juin', 'junio', 'giugno', 'giu', 'junho', 'czerwca', 'czerwiec', 'kesäkuuta', 'června', 'júna', 'haziran'],
  ['july', 'jul', 'juli', 'juillet', 'juil', 'julio', 'luglio', 'lug', 'julho', 'lipca', 'lipiec', 'heinäkuuta', 'července', 'júla', 'temmuz'],
  ['august', 'aug', 'août', 'aout', 'agosto', 'ago', 'augustus', 'augusti', 'sierpnia', 'sierpień', 'elokuuta', 'srpna', 'augusta', 'ağustos'],
  ['september', 'sep', 'sept', 'septembre', 'septiembre', 'settembre', 'set', 'setembro', 'września', 'wrzesień', 'syyskuuta', 'září', 'septembra', 'eylül'],
  ['october', 'oct', 'oktober', 'okt', 'octobre', 'octubre', 'ottobre', 'ott', 'outubro', 'out', 'października', 'październik', 'lokakuuta', 'října', 'októbra', 'ekim'],
  ['november', 'nov', 'novembre', 'noviembre', 'novembro', 'listopada', 'listopad', 'marraskuuta', 'listopadu', 'novembra', 'kasım'],
  [
    'december',
    'dec',
    'dezember',
    'dez',
    'décembre',
    'déc',
    'diciembre',
    'dic',
    'dicembre',
    'dezembro',
    'desember',
    'grudnia',
    'grudzień',
    'joulukuuta',
    'prosince',
    'decembra',
    'aralık',
  ],
];
const monthOf = new Map(months.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
const monthNames = [...monthOf.keys()].sort((a, b) => b.length - a.length).join('|');

/** Words before the day of return. */
const returnCue =
  /(return|back|again|resum|available|reachable|zur(ü|ue)ck|wieder|erreichbar|retour|reviendrai|regres|vuelta|volver|rientr|torn|terug|volta|retorn|wrac|powr|pono|tillbaka|tilbake|tilbage|takaisin|zpět|späť|vrát|dön|връщ|върн|верн|grįž|atgrie)/iu;
/** Words before the last day of absence. */
const untilCue = /(until|till?|through|thru|bis|jusqu|au|hasta|al|fino|tot|t\/m|até|ate|do|dnia|till och med|til|asti|saakka|do|kadar|до|iki|līdz)/iu;

interface Found extends Ymd {
  readonly at: number;
}

/**
 * The day a person says they are back, as `YYYY-MM-DD`, read relative to the message's own date. Null when none is
 * stated. An ambiguous 05/07 is read day first, unless only month first lies ahead within half a year.
 */
export function readReturnDate(text: string, sentAt: number, offsetMin: number): string | null {
  const local = new Date(sentAt + offsetMin * 60_000);
  const today: Ymd = { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
  const flat = text.replace(/\s+/g, ' ').slice(0, 4000);
  const dates = findDates(flat, today).filter((date) => daysBetween(today, date) >= 0 && daysBetween(today, date) <= 400);
  let best: { date: Ymd; score: number } | null = null;
  for (const date of dates) {
    const before = flat.slice(Math.max(0, date.at - 60), date.at);
    const near = before.slice(-28);
    // A cue right before the date tells most; the later of several dates is the end of the absence.
    const score =
      (returnCue.test(near) ? 4 : returnCue.test(before) ? 3 : 0) +
      (new RegExp(`${untilCue.source}\\s*([a-zäöü]{2,12},?\\s*)?(the |dem |den |le |el |il |o )?$`, 'iu').test(near) ? 2 : 0) +
      (daysBetween(today, date) > 0 ? 0.5 : 0);
    if (best === null || score > best.score || (score === best.score && daysBetween(best.date, date) > 0)) best = { date, score };
  }
  return best === null || best.score < 1.5 ? (dates.length > 0 && best !== null && best.score > 0 ? iso(best.date) : null) : iso(best.date);
}

function findDates(text: string, today: Ymd): Found[] {
  const found: Found[] = [];
  // One date that can only be read day first tells how the others are meant.
  const clearlyDayFirst = /(?<![\d./-])(1[3-9]|2\d|3[01])[/-](0?[1-9]|1[0-2])(?!\d)/.test(text);
  const add = (at: number, year: number | null, month: number, day: number): void => {
    const full = complete(year, month, day, today);
    if (full !== null) found.push({ ...full, at });
  };
  for (const match of text.matchAll(/\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b/g)) add(match.index, Number(match[1]), Number(match[2]), Number(match[3]));
  for (const match of text.matchAll(/(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]/gu)) add(match.index, Number(match[1]), Number(match[2]), Number(match[3]));
  for (const match of text.matchAll(/(?<![\d年년]\s?)(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]/gu)) add(match.index, null, Number(match[1]), Number(match[2]));
  for (const match of text.matchAll(/(?<![\d./-])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?!\d))?/g)) add(match.index, yearOf(match[3]), Number(match[2]), Number(match[1]));
  for (const match of text.matchAll(/(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/g)) addAmbiguous(match.index, Number(match[1]), Number(match[3]), yearOf(match[4]));
  for (const match of text.matchAll(/(?<![\d./-])(\d{1,2})\/(\d{1,2})(?![\d/])/g)) addAmbiguous(match.index, Number(match[1]), Number(match[2]), null);
  const word = new RegExp(
    `(?<![\\p{L}\\d])(\\d{1,2})(?:st|nd|rd|th|er|ro|\\.|º|°|:e)?\\s*(?:of |de |d'|di )?\\s*(${monthNames})\\.?(?![\\p{L}])(?:,?\\s*(?:of |de |del )?(\\d{4}))?`,
    'giu',
  );
  for (const match of text.matchAll(word)) add(match.index, yearOf(match[3]), monthOf.get((match[2] ?? '').toLowerCase()) ?? 0, Number(match[1]));
  const american = new RegExp(`(?<![\\p{L}\\d])(${monthNames})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?![\\d:])(?:,?\\s*(\\d{4}))?`, 'giu');
  for (const match of text.matchAll(american)) add(match.index, yearOf(match[3]), monthOf.get((match[1] ?? '').toLowerCase()) ?? 0, Number(match[2]));
  return found;

  function addAmbiguous(at: number, first: number, second: number, year: number | null): void {
    const dayFirst = complete(year, second, first, today);
    const monthFirst = complete(year, first, second, today);
    const near = (date: Ymd | null): boolean => date !== null && daysBetween(today, date) >= 0 && daysBetween(today, date) <= 183;
    const chosen = dayFirst !== null && (clearlyDayFirst || near(dayFirst) || !near(monthFirst)) ? dayFirst : monthFirst;
    if (chosen !== null) found.push({ ...chosen, at });
  }
}

function yearOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** Fills in a missing year so that the date is the next one; null when it is no date. */
function complete(year: number | null, month: number, day: number, today: Ymd): Ymd | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const of = (candidate: number): Ymd | null => {
    const date = new Date(Date.UTC(candidate, month - 1, day));
    return date.getUTCMonth() === month - 1 ? { year: candidate, month, day } : null;
  };
  if (year !== null) return of(year);
  const thisYear = of(today.year);
  return thisYear !== null && daysBetween(today, thisYear) >= -30 ? thisYear : of(today.year + 1);
}

function daysBetween(from: Ymd, to: Ymd): number {
  return Math.round((Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / 86_400_000);
}

function iso({ year, month, day }: Ymd): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
