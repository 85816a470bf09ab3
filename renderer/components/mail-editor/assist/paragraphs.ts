import { diffArrays } from 'diff';
import { splitLiquid } from '../../../../shared/merge-tags.ts';
import type { DocNode } from '../document.ts';
import { docOfHtml } from '../from-html.ts';
import type { MailTexts } from '../mail-editor.tsx';
import { escapeText, htmlToText, textToHtml } from '../text.ts';
import { htmlOfDoc } from '../to-html.ts';

/** A paragraph of a body: its words, and itself as the body holds it. */
export interface Paragraph {
  readonly text: string;
  readonly source: string;
}

type Body = Pick<MailTexts, 'html' | 'text'>;

/** The paragraphs of a plain text. Pure. */
export function splitText(text: string): string[] {
  return text
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter(Boolean);
}

/** The paragraphs of a body; null where its HTML is more than the editor can take apart. Needs a DOM. */
export function paragraphsOf({ html, text }: Body): Paragraph[] | null {
  if (html.trim() === '') return splitText(text).map((part) => ({ text: part, source: part }));
  const { doc, lost } = docOfHtml(html);
  if (lost.length > 0) return null;
  return (doc.content ?? [])
    .map((node) => htmlOfDoc({ type: 'doc', content: [node] }))
    .map((source) => ({ text: htmlToText(source), source }))
    .filter(({ text: words }) => words !== '');
}

/** The words of a body as one text, as models read it. */
export function plainText(body: Body): string {
  return body.html.trim() === '' ? body.text.trim() : htmlToText(body.html);
}

/** A place where a proposal differs: paragraphs from `at` on, and what would stand there instead. */
export interface Change {
  readonly at: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Where two lists of paragraphs differ, paragraph by paragraph where their number is the same. Pure. */
export function changesOf(before: readonly string[], after: readonly string[]): Change[] {
  const changes: Change[] = [];
  let at = 0;
  let open: { at: number; before: string[]; after: string[] } | null = null;
  const close = () => {
    if (open === null) return;
    const { at: start, before: old, after: written } = open;
    if (old.length === written.length) changes.push(...old.map((text, index) => ({ at: start + index, before: [text], after: [written[index] ?? ''] })));
    else changes.push(open);
    open = null;
  };
  for (const { value, added, removed } of diffArrays([...before], [...after])) {
    if (!added && !removed) {
      close();
      at += value.length;
      continue;
    }
    open ??= { at, before: [], after: [] };
    if (removed) {
      open.before.push(...value);
      at += value.length;
    } else open.after.push(...value);
  }
  close();
  return changes;
}

/** Paragraphs with changes made. Pure. */
export function changed(before: readonly string[], changes: readonly Change[]): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const change of [...changes].sort((a, b) => a.at - b.at)) {
    parts.push(...before.slice(at, change.at), ...change.after);
    at = change.at + change.before.length;
  }
  return [...parts, ...before.slice(at)];
}

/** A body with changes made; every other paragraph stays as it is, with its formatting. Needs a DOM for HTML. */
export function withChanges(body: Body, paragraphs: readonly Paragraph[], changes: readonly Change[]): Partial<MailTexts> {
  const sources = paragraphs.map(({ source }) => source);
  if (body.html.trim() === '') return { text: changed(sources, changes).join('\n\n') };
  const written = changes.map((change) => {
    const replaced = paragraphs.slice(change.at, change.at + change.before.length);
    return { ...change, after: change.after.map((text) => htmlLike(text, replaced)) };
  });
  return { html: changed(sources, written).join('\n') };
}

/** A new paragraph as HTML, with the links of the ones in whose place it stands. */
function htmlLike(text: string, replaced: readonly Paragraph[]): string {
  const links = replaced.flatMap(({ source }) => linksIn(docOfHtml(source).doc));
  const html = links.reduce((written, { label, href }) => {
    const shown = label.includes(href) || href.includes(label) ? label : `${label} (${href})`;
    return written.replace(escapeText(shown), `<a href="${href.replaceAll('"', '&quot;')}">${escapeText(label)}</a>`);
  }, textToHtml(text));
  // Read and written by the editor's own rules, so that it comes back as it was.
  return htmlOfDoc(docOfHtml(html).doc);
}

function linksIn(node: DocNode): { label: string; href: string }[] {
  const own = (node.marks ?? []).flatMap(({ type, attrs }) => (type === 'link' && typeof attrs?.['href'] === 'string' ? [attrs['href']] : []));
  return [...own.map((href) => ({ label: node.text ?? '', href })), ...(node.content ?? []).flatMap(linksIn)].filter(({ label }) => label !== '');
}

/** Merge tags that a change would take out of the mail. Pure. */
export function lostTags({ before, after }: Change): string[] {
  const tags = (texts: readonly string[]) => splitLiquid(texts.join('\n')).flatMap((part) => (part.liquid ? [part.text] : []));
  const kept = tags(after);
  return tags(before).filter((tag) => {
    const at = kept.indexOf(tag);
    if (at !== -1) kept.splice(at, 1);
    return at === -1;
  });
}
