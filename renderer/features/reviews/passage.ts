/** A text in three parts around a passage, whatever line breaks it got in the mail; null = it is not in there. */
export function splitPassage(text: string, passage: string): { readonly before: string; readonly passage: string; readonly after: string } | null {
  const words = passage.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const found = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'), 'u').exec(text);
  if (found === null) return null;
  const end = found.index + found[0].length;
  return { before: text.slice(0, found.index), passage: found[0], after: text.slice(end) };
}
