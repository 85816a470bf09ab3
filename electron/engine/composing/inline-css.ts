import { createRequire } from 'node:module';
import type juice from 'juice';

type Juice = typeof juice;
let loaded: Juice | null = null;

/** Loaded at the first mail that needs it: with its parsers it costs a quarter of a second and 20 MB. */
function inliner(): Juice {
  if (loaded !== null) return loaded;
  const module = createRequire(import.meta.url)('juice') as Juice | { default: Juice };
  loaded = typeof module === 'function' ? module : module.default;
  // Merge tags stay as they are, also inside of attributes.
  loaded.codeBlocks = { OUTPUT: { start: '{{', end: '}}' }, TAG: { start: '{%', end: '%}' } };
  return loaded;
}

/**
 * Rules of `<style>` elements as style attributes, for mail programs that drop the element; what cannot be an attribute
 * (media queries, :hover) stays in it. HTML without such an element, or that cannot be parsed, comes back as it is.
 */
export function inlineCss(html: string): string {
  if (!/<style[\s>]/i.test(html)) return html;
  try {
    return inliner()(html, { preserveMediaQueries: true, preserveFontFaces: true, preservePseudos: true, removeStyleTags: true, applyWidthAttributes: false });
  } catch {
    return html;
  }
}
