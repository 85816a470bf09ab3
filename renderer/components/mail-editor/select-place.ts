import type { Editor } from '@tiptap/core';
import type { Node as ProseNode } from '@tiptap/pm/model';
import type { CopyFinding } from '../../../shared/copy-lint.ts';

/** Selects what a finding is about. `source` is the text that the finding's place counts in. */
export function selectFinding(editor: Editor, { code, quote, place }: CopyFinding, source: string): void {
  if (code === 'no_description') selectBarePicture(editor);
  else if (!selectQuote(editor, quote, source.slice(0, place?.start ?? 0).split(quote).length - 1)) editor.commands.focus();
}

/** Selects the `nth` (from 0) place in an editor that reads `quote`, and brings it into view. False = it is not there. */
function selectQuote(editor: Editor, quote: string, nth: number): boolean {
  const { text, at } = written(editor.state.doc);
  let index = text.indexOf(quote);
  for (let left = nth; left > 0 && index !== -1; left -= 1) {
    const next = text.indexOf(quote, index + 1);
    if (next === -1) break;
    index = next;
  }
  const from = at[index];
  const last = at[index + quote.length - 1];
  if (quote === '' || index === -1 || from === undefined || last === undefined) return false;
  editor
    .chain()
    .focus()
    .setTextSelection({ from, to: last + 1 })
    .scrollIntoView()
    .run();
  return true;
}

/** Selects the first picture without a description. */
function selectBarePicture(editor: Editor): boolean {
  let found: number | null = null;
  editor.state.doc.descendants((node, position) => {
    if (found === null && node.type.name === 'picture' && String(node.attrs['alt']).trim() === '') found = position;
    return found === null;
  });
  return found !== null && editor.chain().focus().setNodeSelection(found).scrollIntoView().run();
}

/** What a document says, letter by letter, with the position of each in it. A chip says its source, all at one position. */
function written(doc: ProseNode): { text: string; at: number[] } {
  let text = '';
  const at: number[] = [];
  const add = (words: string, position: (index: number) => number) => {
    for (let index = 0; index < words.length; index += 1) at.push(position(index));
    text += words;
  };
  doc.descendants((node, position) => {
    if (node.isText) add((node.text ?? '').replaceAll('\u00a0', ' '), (index) => position + index);
    else if (node.type.name === 'mergeTag' || node.type.name === 'tagBlock') add(String(node.attrs['source']), () => position);
    else if (node.isBlock) add('\n', () => position);
  });
  return { text, at };
}
