import { liquidTag } from '../../../shared/merge-tags.ts';
import { columnCell, columnsTable, mailStyles, type DocMark, type DocNode } from './document.ts';

export interface ParsedBody {
  readonly doc: DocNode;
  /** What of the HTML the editor cannot show, in a reader's words: elements and attributes. Empty = nothing would be lost. */
  readonly lost: readonly string[];
}

const opening = '\uE000';
const closing = '\uE001';
const held = /\uE000(\d+)\uE001/g;
const onlyHeld = /^[ \t\n\r\f]*(?:\uE000\d+\uE001[ \t\n\r\f]*)+$/;

/**
 * Reads the body of a mail into the editor's document. HTML that the editor wrote comes back as it was; of foreign HTML it
 * says what it has no place for. Needs a DOM; the document is inert, nothing is loaded.
 */
export function docOfHtml(html: string): ParsedBody {
  const tags: string[] = [];
  const marked = html.replace(/[\uE000\uE001]/g, '').replace(liquidTag, (tag) => `${opening}${tags.push(tag) - 1}${closing}`);
  const reader = new Reader(tags);
  for (const [, name] of marked.matchAll(/<(!doctype|html|head|body|meta|title|link|style|script)\b/gi)) reader.lose(`<${String(name).toLowerCase()}>`);
  const inert = new DOMParser().parseFromString(`<body>${marked}</body>`, 'text/html');
  const content = reader.blocks(inert.body, 'top');
  return { doc: { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] }, lost: [...reader.lost] };
}

const markOfElement: Readonly<Record<string, string>> = { B: 'bold', STRONG: 'bold', I: 'italic', EM: 'italic', U: 'underline', S: 'strike', STRIKE: 'strike', DEL: 'strike' };
const inlineElements = new Set([...Object.keys(markOfElement), 'A', 'SPAN', 'BR', 'IMG']);
type Place = 'top' | 'quote' | 'item';

class Reader {
  readonly lost = new Set<string>();
  readonly #tags: readonly string[];

  constructor(tags: readonly string[]) {
    this.#tags = tags;
  }

  lose(what: string): void {
    this.lost.add(what);
  }

  /** The blocks in an element. Text between blocks becomes a paragraph; Liquid alone between them stays alone at the top. */
  blocks(parent: Element, place: Place): DocNode[] {
    const out: DocNode[] = [];
    let run: Node[] = [];
    const flush = () => {
      const text = run.map((node) => (node.nodeType === 3 ? (node.textContent ?? '') : '<')).join('');
      if (onlyHeld.test(text) && place === 'top') for (const [, index] of text.matchAll(held)) out.push({ type: 'tagBlock', attrs: { source: this.#tags[Number(index)] ?? '' } });
      else if (/[^ \t\n\r\f]/.test(text)) {
        if (onlyHeld.test(text) && betweenBlocks(parent, run)) this.lose('Liquid between blocks');
        out.push(paragraph(this.#inline(run)));
      }
      run = [];
    };
    for (const child of parent.childNodes) {
      if (child.nodeType === 3 || (child.nodeType === 1 && inlineElements.has(nameOf(child as Element)))) run.push(child);
      else {
        flush();
        if (child.nodeType === 1) out.push(...this.#block(child as Element, place));
        else if (child.nodeType === 8) this.lose('<!-- -->');
      }
    }
    flush();
    return out;
  }

  #block(element: Element, place: Place): DocNode[] {
    const name = nameOf(element);
    switch (name) {
      case 'P':
        this.#only(element, {});
        return [paragraph(this.#inline([...element.childNodes]))];
      case 'H1':
      case 'H2':
      case 'H3': {
        this.#only(element, {});
        return [{ ...paragraph(this.#inline([...element.childNodes])), type: 'heading', attrs: { level: Number(name[1]) } }];
      }
      case 'UL':
      case 'OL':
        this.#only(element, name === 'OL' ? { start: null } : {});
        return this.#list(element, name === 'UL' ? 'bulletList' : 'orderedList');
      case 'BLOCKQUOTE':
        this.#only(element, { style: mailStyles.blockquote });
        return [{ type: 'blockquote', content: orEmpty(this.blocks(element, 'quote')) }];
      case 'HR':
        this.#only(element, { style: mailStyles.hr });
        return [{ type: 'horizontalRule' }];
      case 'TABLE':
        return this.#table(element, place);
      default:
        this.lose(`<${name.toLowerCase()}>`);
        return this.blocks(element, place);
    }
  }

  #list(element: Element, type: string): DocNode[] {
    const items: DocNode[] = [];
    for (const child of element.childNodes) {
      if (child.nodeType === 1 && nameOf(child as Element) === 'LI') {
        this.#only(child as Element, {});
        const content = this.blocks(child as Element, 'item');
        items.push({ type: 'listItem', content: content[0]?.type === 'paragraph' ? content : [{ type: 'paragraph' }, ...content] });
      } else if (child.nodeType !== 3 || (child.textContent ?? '').trim() !== '') this.lose(`${nodeWords(child)} in a list`);
    }
    const start = Number(element.getAttribute('start') ?? 1);
    return items.length === 0 ? [] : [{ type, ...(Number.isInteger(start) && start !== 1 ? { attrs: { start } } : {}), content: items }];
  }

  /** Only the table that stands for two columns has a place, and not inside of something else. */
  #table(element: Element, place: Place): DocNode[] {
    const rows = [...element.querySelectorAll('tr')];
    const cells = [...(rows[0]?.children ?? [])];
    const ours =
      place === 'top' &&
      rows.length === 1 &&
      cells.length === 2 &&
      cells.every((cell) => nameOf(cell) === 'TD') &&
      Object.entries(columnsTable).every(([name, value]) => element.getAttribute(name) === value);
    if (!ours) {
      this.lose('<table>');
      return this.blocks(element, place);
    }
    this.#only(element, columnsTable);
    return [
      {
        type: 'columns',
        content: cells.map((cell, index) => {
          this.#only(cell, { ...columnCell, style: index === 0 ? mailStyles.leftColumn : mailStyles.rightColumn });
          return { type: 'column', content: orEmpty(this.blocks(cell, 'quote')) };
        }),
      },
    ];
  }

  #inline(nodes: readonly Node[]): DocNode[] {
    const out: DocNode[] = [];
    this.#collect(nodes, [], out);
    return tidySpaces(out);
  }

  #collect(nodes: readonly Node[], marks: readonly DocMark[], out: DocNode[]): void {
    for (const node of nodes) {
      if (node.nodeType === 3) out.push(...this.#text(node.textContent ?? '', marks));
      else if (node.nodeType === 1) this.#element(node as Element, marks, out);
      else this.lose('<!-- -->');
    }
  }

  #element(element: Element, marks: readonly DocMark[], out: DocNode[]): void {
    const name = nameOf(element);
    const children = [...element.childNodes];
    if (name === 'BR') {
      this.#only(element, {});
      out.push(withMarks({ type: 'hardBreak' }, marks));
    } else if (name === 'IMG') out.push(this.#picture(element, marks));
    else this.#collect(children, this.#marksOf(element, name, marks), out);
  }

  #marksOf(element: Element, name: string, marks: readonly DocMark[]): readonly DocMark[] {
    const type = markOfElement[name];
    if (type !== undefined) {
      this.#only(element, {});
      return marks.some((mark) => mark.type === type) ? marks : [...marks, { type }];
    }
    if (name === 'A') {
      this.#only(element, { href: null });
      const href = this.#restored(element.getAttribute('href') ?? '');
      return [...marks.filter((mark) => mark.type !== 'link'), { type: 'link', attrs: { href } }];
    }
    if (name !== 'SPAN') {
      this.lose(`<${name.toLowerCase()}>`);
      return marks;
    }
    const color = /^\s*color:\s*(#[0-9a-f]{3}|#[0-9a-f]{6})\s*;?\s*$/i.exec(element.getAttribute('style') ?? '')?.[1]?.toLowerCase();
    this.#only(element, color === undefined ? {} : { style: null });
    return color === undefined ? marks : [...marks.filter((mark) => mark.type !== 'textStyle'), { type: 'textStyle', attrs: { color } }];
  }

  #picture(element: Element, marks: readonly DocMark[]): DocNode {
    this.#only(element, { src: null, alt: null, width: null, style: mailStyles.img });
    const width = Number(element.getAttribute('width') ?? '');
    const attrs = {
      src: this.#restored(element.getAttribute('src') ?? ''),
      alt: this.#restored(element.getAttribute('alt') ?? ''),
      width: Number.isInteger(width) && width > 0 ? width : null,
    };
    return withMarks({ type: 'picture', attrs }, marks);
  }

  #text(text: string, marks: readonly DocMark[]): DocNode[] {
    return text
      .split(/(\uE000\d+\uE001)/)
      .filter((part) => part !== '')
      .map((part) => {
        const index = /^\uE000(\d+)\uE001$/.exec(part)?.[1];
        return withMarks(index === undefined ? { type: 'text', text: part } : { type: 'mergeTag', attrs: { source: this.#tags[Number(index)] ?? '' } }, marks);
      });
  }

  #restored(value: string): string {
    return value.replace(held, (_, index: string) => this.#tags[Number(index)] ?? '');
  }

  /** Notes every attribute but those given; a given one must have the value, null = any. */
  #only(element: Element, allowed: Readonly<Record<string, string | null>>): void {
    for (const { name, value } of element.attributes) {
      const wanted = allowed[name];
      if (wanted === undefined || (wanted !== null && wanted !== value)) this.lose(`<${nameOf(element).toLowerCase()} ${name.startsWith(opening) ? '{% %}' : name}>`);
    }
  }
}

/** Whether a run stands beside blocks. In an item of a list it may stand before a nested list, as the item's own text. */
function betweenBlocks(parent: Element, run: readonly Node[]): boolean {
  const others = [...parent.childNodes].filter((node) => node.nodeType === 1 && !run.includes(node)) as Element[];
  const ownText = nameOf(parent) === 'LI' && run[0] === parent.firstChild && others.every((element) => nameOf(element) === 'UL' || nameOf(element) === 'OL');
  return others.length > 0 && !ownText;
}

function nameOf(element: Element): string {
  return element.tagName.toUpperCase();
}

function nodeWords(node: Node): string {
  return node.nodeType === 1 ? `<${nameOf(node as Element).toLowerCase()}>` : node.nodeType === 8 ? '<!-- -->' : (node.textContent ?? '').includes(opening) ? 'Liquid' : 'Text';
}

function withMarks(node: DocNode, marks: readonly DocMark[]): DocNode {
  return marks.length === 0 ? node : { ...node, marks };
}

function orEmpty(content: DocNode[]): DocNode[] {
  return content.length > 0 ? content : [{ type: 'paragraph' }];
}

/** A break alone in a block keeps the block open: it is no break of its text. */
function paragraph(content: readonly DocNode[]): DocNode {
  const [only] = content;
  return content.length === 0 || (content.length === 1 && only?.type === 'hardBreak' && only.marks === undefined) ? { type: 'paragraph' } : { type: 'paragraph', content };
}

/** White space as a browser shows it: one space, and none at the edges of a block or around line breaks. */
function tidySpaces(nodes: readonly DocNode[]): DocNode[] {
  const out: DocNode[] = [];
  let edge = true;
  for (const [index, node] of nodes.entries()) {
    if (node.type !== 'text') {
      edge = node.type === 'hardBreak';
      out.push(node);
      continue;
    }
    let text = (node.text ?? '').replace(/[ \t\n\r\f]+/g, ' ');
    if (edge) text = text.replace(/^ /, '');
    const after = nodes.slice(index + 1).find((next) => next.type !== 'text' || /[^ \t\n\r\f]/.test(next.text ?? ''));
    if (after === undefined || after.type === 'hardBreak') text = text.replace(/ $/, '');
    if (text === '') continue;
    edge = text.endsWith(' ');
    const last = out.at(-1);
    if (last?.type === 'text' && JSON.stringify(last.marks) === JSON.stringify(node.marks)) out[out.length - 1] = { ...last, text: `${last.text ?? ''}${text}` };
    else out.push({ ...node, text });
  }
  return out;
}
