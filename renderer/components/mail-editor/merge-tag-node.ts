import { InputRule, mergeAttributes, Node, PasteRule } from '@tiptap/core';
import { NodeSelection } from '@tiptap/pm/state';
import { ReactNodeViewRenderer } from '@tiptap/react';
import { liquidTag } from '../../../shared/merge-tags.ts';
import { MergeTagChip } from './merge-tag-chip.tsx';

const attribute = 'data-merge-tag';

/** Liquid in a line of text, as one thing: written verbatim, shown as a chip. */
export const MergeTag = Node.create({
  name: 'mergeTag',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: true,
  marks: '_',

  addAttributes() {
    return { source: { default: '', parseHTML: (element) => element.getAttribute(attribute) ?? '', renderHTML: () => ({}) } };
  },
  parseHTML() {
    return [{ tag: `span[${attribute}]` }];
  },
  renderHTML({ node, HTMLAttributes }) {
    return ['span', mergeAttributes(HTMLAttributes, { [attribute]: String(node.attrs['source']) }), String(node.attrs['source'])];
  },
  renderText({ node }) {
    return String(node.attrs['source']);
  },
  addNodeView() {
    return ReactNodeViewRenderer(MergeTagChip, { as: 'span' });
  },
  addInputRules() {
    return [
      new InputRule({
        find: /\{\{[^{}\n]+\}\}$|\{%[^{}%\n]+%\}$/,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ source: match[0] }));
        },
      }),
    ];
  },
  addPasteRules() {
    return [
      new PasteRule({
        find: liquidTag,
        handler: ({ state, range, match }) => {
          state.tr.replaceWith(range.from, range.to, this.type.create({ source: match[0] }));
        },
      }),
    ];
  },
  addKeyboardShortcuts() {
    return {
      // The chip under the selection opens, as a button would.
      Enter: ({ editor }) => {
        const { selection } = editor.state;
        if (!(selection instanceof NodeSelection) || selection.node.type.name !== this.name) return false;
        const dom = editor.view.nodeDOM(selection.from);
        if (dom instanceof HTMLElement) dom.querySelector<HTMLElement>('[data-chip]')?.click();
        return true;
      },
    };
  },
});

/** Liquid alone between blocks, such as `{% if company %}` around paragraphs. */
export const TagBlock = Node.create({
  name: 'tagBlock',
  group: 'top',
  atom: true,
  selectable: true,

  addAttributes() {
    return { source: { default: '', parseHTML: (element) => element.getAttribute('data-tag-block') ?? '', renderHTML: () => ({}) } };
  },
  parseHTML() {
    return [{ tag: 'div[data-tag-block]' }];
  },
  renderHTML({ node }) {
    return ['div', { 'data-tag-block': String(node.attrs['source']) }, String(node.attrs['source'])];
  },
  renderText({ node }) {
    return String(node.attrs['source']);
  },
});
