import { liquidTag } from './merge-tags.ts';

/** A link in the source of a mail. */
export interface MailLink {
  readonly address: string;
  /** What a reader sees of it. */
  readonly text: string;
  /** Where the address stands in the source. */
  readonly start: number;
  readonly end: number;
  /** Leads to the web; no opt-out, mail address or telephone. */
  readonly web: boolean;
}

/** The links of a body, in the order of the text. Of HTML those of `<a>` elements, of text every address. */
export function linksOf(source: string, html: boolean): MailLink[] {
  return html ? linksOfHtml(source) : linksOfText(source);
}

function linksOfHtml(source: string): MailLink[] {
  // Quotes inside of merge tags must not end an attribute.
  const held = source.replace(liquidTag, (tag) => tag.replace(/["'<>]/g, '_'));
  return [...held.matchAll(/<a\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a\s*>/gi)].map((found) => {
    const [whole, double, single, inside = ''] = found;
    const length = (double ?? single ?? '').length;
    const start = found.index + whole.search(/\bhref\s*=\s*["']/i) + (/\bhref\s*=\s*["']/i.exec(whole)?.[0].length ?? 0);
    const raw = source.slice(start, start + length);
    const text = inside
      .replace(/<[^>]*>/g, '')
      .replaceAll('&nbsp;', ' ')
      .replaceAll('&amp;', '&')
      .trim();
    return { address: raw.replaceAll('&amp;', '&').trim(), text, start, end: start + length, web: isWeb(raw) };
  });
}

function linksOfText(source: string): MailLink[] {
  return [...source.matchAll(/(?:https?:\/\/|www\.)[^\s<>"]*[^\s<>".,;:!?)\]']/gi)].map((found) => ({
    address: found[0],
    text: found[0],
    start: found.index,
    end: found.index + found[0].length,
    web: true,
  }));
}

function isWeb(address: string): boolean {
  return !/^\s*(?:mailto:|tel:|\{\{-?\s*unsubscribe\b)/i.test(address);
}

/** The address with every merge tag filled by a letter; null when a tag stands for all of it or its host. */
export function fixedAddress(address: string): string | null {
  const scheme = /^(?:https?:\/\/|www\.)/i.exec(address)?.[0];
  if (scheme === undefined || /^[^/?#]*\{[{%]/.test(address.slice(scheme.length))) return null;
  return address.replace(liquidTag, 'x');
}

/** What is wrong with an address as it is written, worst first; null = nothing. */
export function addressFinding(link: MailLink, shorteners: readonly string[]): 'bad_link' | 'plain_http' | 'short_link' | 'other_address' | null {
  const { address, text } = link;
  if (/^(?:\{\{|\{%)/.test(address)) return null;
  if (/^mailto:/i.test(address)) return /^mailto:[^@\s?]+@[^@\s?]+\.[^@\s?]+(?:\?|$)|^mailto:\{\{/i.test(address) ? null : 'bad_link';
  if (/^tel:/i.test(address)) return null;
  const fixed = fixedAddress(address);
  if (fixed === null) return /^https?:\/\//i.test(address) ? null : 'bad_link';
  const host = hostOf(fixed);
  if (host === null || !/^(?:[^.\s]+\.)+[^.\s\d][^.\s]*$|^localhost$|^[\d.]+$/.test(host)) return 'bad_link';
  const shown = /^(?:https?:\/\/|www\.)\S+$/i.test(text) ? hostOf(text) : null;
  if (shown !== null && shown !== host) return 'other_address';
  if (shorteners.some((domain) => host === domain || host.endsWith(`.${domain}`))) return 'short_link';
  return /^http:/i.test(address) ? 'plain_http' : null;
}

const webAddress = /^(https?):\/\/(?:[^/?#@\s]*@)?([^/?#:\s]+)(?::\d{1,5})?(?:[/?#]\S*)?$/i;

/** The host of an address without `www.`, in small letters; null when it is no web address. */
function hostOf(address: string): string | null {
  const found = webAddress.exec(/^www\./i.test(address) ? `https://${address}` : address);
  return found?.[2]?.toLowerCase().replace(/^www\./, '') ?? null;
}
