import { compile, type HtmlToTextOptions } from 'html-to-text';
import { LRUCache } from 'lru-cache';
import { liquidTag } from '../../../shared/merge-tags.ts';

/**
 * HTML ↔ text, on whole templates: Liquid tags travel through as private-use characters, so that the text part is made
 * once per variant and not once per person.
 */

const options: HtmlToTextOptions = {
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', options: { uppercaseHeaderCells: false } },
    { selector: 'ul', options: { itemPrefix: '- ' } },
  ],
  limits: { maxInputLength: 2_000_000 },
};
const convert = compile(options);
const converted = new LRUCache<string, string>({ max: 200 });

/** Plain text of an HTML fragment: links as `text <address>`, lists as `- item`. Remembered for the last 200 inputs. */
export function textOfHtml(source: string): string {
  let text = converted.get(source);
  if (text === undefined) {
    text = convert(source).trim();
    converted.set(source, text);
  }
  return text;
}

const opening = '\uE000';
const closing = '\uE001';
const marker = /\uE000(\d+)\uE001/g;

/** Takes Liquid out of a template, lets `change` work on the rest, and puts it back. */
function aroundLiquid(source: string, change: (rest: string) => string): string {
  const tags: string[] = [];
  const rest = source
    .replaceAll(opening, '')
    .replaceAll(closing, '')
    .replace(liquidTag, (tag) => `${opening}${tags.push(tag) - 1}${closing}`);
  // What looks like Liquid only after the change (an entity such as &#123;) is text.
  const changed = change(rest).replace(/\{\{|\{%/g, (braces) => `{{ '${braces}' }}`);
  return changed.replace(marker, (_, index: string) => tags[Number(index)] ?? '');
}

/** The text template that says what an HTML template says. */
export function textTemplateOf(htmlTemplate: string): string {
  return aroundLiquid(htmlTemplate, (rest) => convert(rest).trim());
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const link = /(?:https?:\/\/|mailto:)[^\s<>"]+[^\s<>".,;:!?)\]']/g;

/** The HTML template that says what a text template says: paragraphs at blank lines, line breaks, links. */
export function htmlTemplateOf(textTemplate: string): string {
  return aroundLiquid(textTemplate, htmlOfText);
}

/** HTML that says what plain text says. */
export function htmlOfText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]*\n)+/)
    .map((paragraph) => paragraph.replace(/^\n+|\s+$/g, ''))
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => `<p>${linked(paragraph).replaceAll('\n', '<br>\n')}</p>`)
    .join('\n');
}

function linked(text: string): string {
  let out = '';
  let from = 0;
  for (const match of text.matchAll(link)) {
    const address = escaped(match[0]);
    out += `${escaped(text.slice(from, match.index))}<a href="${address}">${address}</a>`;
    from = match.index + match[0].length;
  }
  return out + escaped(text.slice(from));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
