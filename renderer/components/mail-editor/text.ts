import { splitLiquid } from '../../../shared/merge-tags.ts';

/** Puts text in the place of a selection; `caret` is where to go on writing. */
export function insertAt(value: string, insertion: string, start: number, end: number): { value: string; caret: number } {
  const from = Math.max(0, Math.min(start, value.length));
  const to = Math.max(from, Math.min(end, value.length));
  return { value: value.slice(0, from) + insertion + value.slice(to), caret: from + insertion.length };
}

/** A text body as HTML, for switching the editor's mode: paragraphs and line breaks; merge tags stay untouched. */
export function textToHtml(text: string): string {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${escapeOutsideTags(paragraph.trim()).replaceAll('\n', '<br>\n')}</p>`)
    .join('\n');
}

/** Words as they stand in HTML. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function escapeOutsideTags(text: string): string {
  return splitLiquid(text)
    .map((part) => (part.liquid ? part.text : escapeText(part.text)))
    .join('');
}

const blocks = new Set(['P', 'DIV', 'UL', 'OL', 'TABLE', 'TR', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'BLOCKQUOTE', 'SECTION', 'PRE']);

/** The words of a HTML body as text, for switching the mode back. Needs a DOM; the document is inert, nothing is loaded. */
export function htmlToText(html: string): string {
  const inert = new DOMParser().parseFromString(html, 'text/html');
  return render(inert.body)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function render(node: Node): string {
  let out = '';
  for (const child of node.childNodes) {
    if (child.nodeType === 3) out += (child.textContent ?? '').replace(/\s+/g, ' ');
    else if (child.nodeType === 1) out += renderElement(child as Element);
  }
  return out;
}

function renderElement(element: Element): string {
  const name = element.tagName.toUpperCase();
  if (name === 'BR') return '\n';
  if (name === 'STYLE' || name === 'SCRIPT' || name === 'HEAD') return '';
  const inside = render(element).replace(/^ +/gm, '');
  if (name === 'LI') return `- ${inside.trim()}\n`;
  if (name === 'A') {
    const target = element.getAttribute('href') ?? '';
    return target === '' || inside.includes(target) ? inside : `${inside} (${target})`;
  }
  return blocks.has(name) ? `\n\n${inside.trim()}\n\n` : inside;
}
