import { splitLiquid } from '../../../shared/merge-tags.ts';
import { columnCell, columnsTable, mailStyles, type DocMark, type DocNode } from './document.ts';

/**
 * The body of a mail: HTML of nothing but what mail programs render alike. Merge tags and other Liquid stand in it
 * verbatim. Equal documents give equal text. Pure.
 */
export function htmlOfDoc(doc: DocNode): string {
  return blocks(doc.content ?? []);
}

function blocks(nodes: readonly DocNode[]): string {
  return nodes.map(block).join('\n');
}

function block(node: DocNode): string {
  const content = node.content ?? [];
  switch (node.type) {
    case 'paragraph':
      return `<p>${inlineOrBreak(content)}</p>`;
    case 'heading': {
      const name = `h${String(node.attrs?.['level'] ?? 2)}`;
      return `<${name}>${inlineOrBreak(content)}</${name}>`;
    }
    case 'bulletList':
      return `<ul>\n${content.map(item).join('\n')}\n</ul>`;
    case 'orderedList':
      return `<ol${start(node)}>\n${content.map(item).join('\n')}\n</ol>`;
    case 'blockquote':
      return `<blockquote style="${mailStyles.blockquote}">\n${blocks(content)}\n</blockquote>`;
    case 'horizontalRule':
      return `<hr style="${mailStyles.hr}">`;
    case 'columns':
      return `<table${attributes(columnsTable)}><tr>\n${content.map((column, index) => cell(column, index)).join('\n')}\n</tr></table>`;
    case 'tagBlock':
      return String(node.attrs?.['source'] ?? '');
    default:
      throw new Error(`The mail editor has no block “${node.type}”`);
  }
}

/** A list that goes on from another begins with its number. */
function start(node: DocNode): string {
  const first = node.attrs?.['start'];
  return typeof first === 'number' && first !== 1 ? attributes({ start: String(first) }) : '';
}

/** An item of one paragraph needs no element for it: mail programs put space around one. */
function item(node: DocNode): string {
  const [first, ...others] = node.content ?? [];
  if (first?.type === 'paragraph' && others.every(({ type }) => type === 'bulletList' || type === 'orderedList')) {
    const text = inlineOrBreak(first.content ?? []);
    return others.length === 0 ? `<li>${text}</li>` : `<li>${text}\n${blocks(others)}\n</li>`;
  }
  return `<li>${blocks(node.content ?? [])}</li>`;
}

function cell(column: DocNode, index: number): string {
  return `<td${attributes({ ...columnCell, style: index === 0 ? mailStyles.leftColumn : mailStyles.rightColumn })}>\n${blocks(column.content ?? [])}\n</td>`;
}

function inlineOrBreak(nodes: readonly DocNode[]): string {
  return inline(withHardSpaces(joined(nodes)), 0) || '<br>';
}

/** Marks from the outermost: one order, so that equal looks are equal text. */
const markOrder = ['link', 'bold', 'italic', 'underline', 'strike', 'textStyle'] as const;

function inline(nodes: readonly DocNode[], depth: number): string {
  const type = markOrder[depth];
  if (type === undefined) return nodes.map(leaf).join('');
  let out = '';
  for (let from = 0; from < nodes.length;) {
    const mark = markOf(nodes[from], type);
    const opening = mark === null ? '' : openingOf(mark);
    let to = from + 1;
    while (to < nodes.length && sameMark(mark, markOf(nodes[to], type))) to += 1;
    const inside = inline(nodes.slice(from, to), depth + 1);
    out += opening === '' ? inside : `${opening}${inside}${closingOf(opening)}`;
    from = to;
  }
  return out;
}

function markOf(node: DocNode | undefined, type: string): DocMark | null {
  return node?.marks?.find((mark) => mark.type === type) ?? null;
}

function sameMark(a: DocMark | null, b: DocMark | null): boolean {
  return (a === null ? '' : openingOf(a)) === (b === null ? '' : openingOf(b));
}

function openingOf(mark: DocMark): string {
  switch (mark.type) {
    case 'link':
      return `<a${attributes({ href: String(mark.attrs?.['href'] ?? '') })}>`;
    case 'bold':
      return '<strong>';
    case 'italic':
      return '<em>';
    case 'underline':
      return '<u>';
    case 'strike':
      return '<s>';
    case 'textStyle': {
      const color = mark.attrs?.['color'];
      return typeof color === 'string' && color !== '' ? `<span style="color:${color}">` : '';
    }
    default:
      return '';
  }
}

function closingOf(opening: string): string {
  return `</${/^<([a-z]+)/.exec(opening)?.[1] ?? ''}>`;
}

function leaf(node: DocNode): string {
  if (node.type === 'text') return escapeText(node.text ?? '');
  if (node.type === 'hardBreak') return '<br>';
  if (node.type === 'mergeTag') return String(node.attrs?.['source'] ?? '');
  if (node.type !== 'picture') throw new Error(`The mail editor has no inline “${node.type}”`);
  const { src, alt, width } = node.attrs ?? {};
  const size = typeof width === 'number' ? { width: String(width) } : {};
  return `<img${attributes({ src: String(src ?? ''), alt: String(alt ?? ''), ...size, style: mailStyles.img })}>`;
}

/** Neighbouring texts that look the same are one text. */
function joined(nodes: readonly DocNode[]): DocNode[] {
  const out: DocNode[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    if (node.type === 'text' && last?.type === 'text' && markOrder.every((type) => sameMark(markOf(node, type), markOf(last, type))))
      out[out.length - 1] = { ...last, text: `${last.text ?? ''}${node.text ?? ''}` };
    else out.push(node);
  }
  return out;
}

/** HTML swallows spaces at the edges of a block, around line breaks and in a row: these become non-breaking ones. */
function withHardSpaces(nodes: readonly DocNode[]): DocNode[] {
  let edge = true;
  return nodes.map((node, index) => {
    if (node.type !== 'text') {
      edge = node.type === 'hardBreak';
      return node;
    }
    let text = (node.text ?? '')
      .replace(/[\t\n\r\f]/g, ' ')
      .replace(/ +/g, (spaces, at: number) => ((at === 0 ? edge : false) ? hard(spaces.length) : ` ${hard(spaces.length - 1)}`));
    const next = nodes[index + 1];
    if ((next === undefined || next.type === 'hardBreak') && text.endsWith(' ')) text = `${text.slice(0, -1)}\u00a0`;
    edge = text.endsWith(' ');
    return { ...node, text };
  });
}

function hard(count: number): string {
  return '\u00a0'.repeat(count);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\u00a0': '&nbsp;' };

/** Escapes all but Liquid that was typed as text. */
function escapeText(text: string): string {
  return aroundLiquid(text, (rest) => rest.replace(/[&<>\u00a0]/g, (char) => entities[char] ?? char));
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`)
    .join('');
}

function escapeAttribute(value: string): string {
  return aroundLiquid(value, (rest) => rest.replace(/[&<>"]/g, (char) => entities[char] ?? char));
}

/** Braces that are no Liquid must not become some with what follows them. */
function aroundLiquid(text: string, escape: (rest: string) => string): string {
  return splitLiquid(text)
    .map((piece) => (piece.liquid ? piece.text : escape(piece.text).replace(/\{(?=[{%])/g, '&#123;')))
    .join('');
}
