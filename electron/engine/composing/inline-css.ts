import type juice from 'juice';

let inliner: typeof juice | null = null;

/** Whether HTML has rules to inline whose tool is not loaded yet: `loadInliner` first. */
export function awaitsInliner(html: string): boolean {
  return inliner === null && hasRules(html);
}

/** Loads the tool at the first mail that needs it: with its parsers it costs a quarter of a second and 20 MB. */
export async function loadInliner(): Promise<void> {
  if (inliner !== null) return;
  const { default: loaded } = await import('juice');
  // Merge tags stay as they are, also inside of attributes.
  loaded.codeBlocks = { OUTPUT: { start: '{{', end: '}}' }, TAG: { start: '{%', end: '%}' } };
  inliner = loaded;
}

/**
 * Rules of `<style>` elements as style attributes, for mail programs that drop the element; what cannot be an attribute
 * (media queries, :hover) stays in it. HTML without such an element, or that cannot be parsed, comes back as it is.
 */
export function inlineCss(html: string): string {
  if (inliner === null || !hasRules(html)) return html;
  try {
    return inliner(html, { preserveMediaQueries: true, preserveFontFaces: true, preservePseudos: true, removeStyleTags: true, applyWidthAttributes: false });
  } catch {
    return html;
  }
}

function hasRules(html: string): boolean {
  return /<style[\s>]/i.test(html);
}
