import { createHash } from 'node:crypto';
import type { MailContent } from './composer.ts';
import type { MimeFile } from './mime.ts';

const dataImage = /(<img\b[^>]{0,2000}?\bsrc\s*=\s*["'])data:image\/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)(["'])/gi;
const storedImage = /(<img\b[^>]{0,2000}?\bsrc\s*=\s*["'])cid:([A-Za-z0-9-]{8,64})(["'])/gi;

/** The files that a mail's HTML shows as `cid:<file id>`. */
export function namedImages(html: string): string[] {
  return html.includes('cid:') ? [...new Set([...html.matchAll(storedImage)].map((found) => found[2] ?? ''))] : [];
}

/**
 * Pictures travel inside the mail (RFC 2387, RFC 2392): those that stand in the HTML as `data:` and those that name a stored
 * file get a Content-ID each, equal ones share it. Remote images stay as the author wrote them.
 */
export function inlineImages(html: string, images: ReadonlyMap<string, MailContent>, domain: string): { html: string; files: MimeFile[] } {
  const files = new Map<string, MimeFile>();
  let out = html;
  if (out.includes('data:image/')) {
    out = out.replace(dataImage, (_whole, before: string, kind: string, base64: string, after: string) => {
      const bytes = Buffer.from(base64, 'base64');
      const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
      const known = files.get(id) ?? { name: `image-${files.size + 1}.${kind}`, mediaType: `image/${kind === 'jpg' ? 'jpeg' : kind}`, bytes, contentId: `${id}@${domain}` };
      files.set(id, known);
      return `${before}cid:${id}@${domain}${after}`;
    });
  }
  if (images.size > 0) {
    out = out.replace(storedImage, (whole, before: string, id: string, after: string) => {
      const image = images.get(id);
      if (image === undefined) return whole;
      files.set(id, { ...image, contentId: `${id}@${domain}` });
      return `${before}cid:${id}@${domain}${after}`;
    });
  }
  return { html: out, files: [...files.values()] };
}
