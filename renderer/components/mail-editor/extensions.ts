import { Mark, mergeAttributes, Node, type Extensions, type JSONContent } from '@tiptap/core';
import { Link } from '@tiptap/extension-link';
import { Placeholder } from '@tiptap/extensions';
import { StarterKit } from '@tiptap/starter-kit';
import { safeColors, type DocNode } from './document.ts';
import { docOfHtml } from './from-html.ts';
import { MergeTag, TagBlock } from './merge-tag-node.ts';
import { Picture } from './picture-node.tsx';
import { textToHtml } from './text.ts';

/** A colour of the safe set; what is pasted in other colours comes without. */
const SafeColor = Mark.create({
  name: 'textStyle',
  addAttributes() {
    return { color: { default: null } };
  },
  parseHTML() {
    return [
      {
        tag: 'span',
        getAttrs: (element) => {
          const color = hexOf(element.style.color);
          return safeColors.some(({ value }) => value === color) ? { color } : false;
        },
      },
    ];
  },
  renderHTML({ mark }) {
    return ['span', { style: `color:${String(mark.attrs['color'])}` }, 0];
  },
});

function hexOf(color: string): string {
  const rgb = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color);
  return rgb === null
    ? color.toLowerCase()
    : `#${rgb
        .slice(1)
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('')}`;
}

/** Addresses that a mail may lead to. A merge tag may stand for one, or for a part. */
export function isMailAddress(href: string): boolean {
  return /^(?:https?:\/\/\S|mailto:\S|tel:\S|#|\{\{|\{%)/i.test(href.trim());
}

const MailLink = Link.extend({ inclusive: false }).configure({
  openOnClick: false,
  autolink: true,
  linkOnPaste: true,
  defaultProtocol: 'https',
  HTMLAttributes: { target: null, rel: null, class: null },
  isAllowedUri: (href) => isMailAddress(href),
  shouldAutoLink: (href) => /^(?:https?:\/\/|www\.)/i.test(href),
});

const MailDocument = Node.create({ name: 'doc', topNode: true, content: '(block | top)+' });

const Columns = Node.create({
  name: 'columns',
  group: 'top',
  content: 'column column',
  isolating: true,
  parseHTML() {
    return [{ tag: 'div[data-columns]' }];
  },
  renderHTML({ HTMLAttributes }) {
    return ['div', mergeAttributes(HTMLAttributes, { 'data-columns': '' }), 0];
  },
});

const Column = Node.create({
  name: 'column',
  content: 'block+',
  isolating: true,
  parseHTML() {
    return [{ tag: 'div[data-column]' }];
  },
  renderHTML({ HTMLAttributes }) {
    return ['div', mergeAttributes(HTMLAttributes, { 'data-column': '' }), 0];
  },
});

const Line = Node.create({ name: 'doc', topNode: true, content: 'paragraph' });

/** What one line of text is made of: words and merge tags. */
export function lineExtensions(placeholder: string): Extensions {
  return [
    StarterKit.configure({
      document: false,
      blockquote: false,
      bold: false,
      bulletList: false,
      code: false,
      codeBlock: false,
      hardBreak: false,
      heading: false,
      horizontalRule: false,
      italic: false,
      link: false,
      listItem: false,
      listKeymap: false,
      orderedList: false,
      strike: false,
      trailingNode: false,
      underline: false,
    }),
    Line,
    MergeTag,
    Placeholder.configure({ placeholder }),
  ];
}

/** What the body of a mail is made of: nothing but what `htmlOfDoc` writes. */
export function mailExtensions(placeholder: string): Extensions {
  return [
    StarterKit.configure({ document: false, code: false, codeBlock: false, link: false, trailingNode: false, heading: { levels: [1, 2, 3] }, undoRedo: { depth: 500 } }),
    MailDocument,
    MailLink,
    SafeColor,
    MergeTag,
    TagBlock,
    Picture,
    Columns,
    Column,
    Placeholder.configure({ placeholder }),
  ];
}

/** The document of a body, as the editor takes it. */
export function contentOf(html: string): JSONContent {
  return json(docOfHtml(html).doc);
}

/** What a snippet says, as the editor takes it: one paragraph flows into the text, more stay paragraphs. */
export function snippetContent({ html, text }: { readonly html: string; readonly text: string }): JSONContent[] {
  const blocks = docOfHtml(html.trim() === '' ? textToHtml(text) : html).doc.content ?? [];
  const [only] = blocks;
  return (blocks.length === 1 && only?.type === 'paragraph' ? (only.content ?? []) : blocks).map(json);
}

/** The picture of an `<img>` element, as the editor takes it; null when there is none. */
export function pictureOf(html: string): JSONContent | null {
  const picture = docOfHtml(html).doc.content?.[0]?.content?.[0];
  return picture?.type === 'picture' ? json(picture) : null;
}

function json(node: DocNode): JSONContent {
  return node as unknown as JSONContent;
}
