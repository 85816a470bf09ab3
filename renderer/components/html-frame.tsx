import DOMPurify from 'dompurify';
import { useEffect, useRef, useState } from 'react';
import { t } from '../lib/messages/index.ts';
import styles from './components.module.css';

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; font-src 'none'; form-action 'none'; base-uri 'none'";

// What would be fetched from elsewhere goes already here; the policy of the frame is the second wall.
const cleaner = DOMPurify(window);
cleaner.addHook('uponSanitizeAttribute', (_node, attribute) => {
  const value = attribute.attrValue.trim().toLowerCase();
  if (attribute.attrName === 'src' && !value.startsWith('data:image/')) attribute.keepAttr = false;
  if (attribute.attrName === 'style' && /url\s*\(|@import|expression\s*\(/.test(value)) attribute.keepAttr = false;
});

/** The page of a mail program in the dark: the mail's own colours stay. */
const darkPage = 'html{color-scheme:dark} body{color:#e8eaed;background:#1f1f23} a{color:#8ab4f8} blockquote{color:#b0b5ba}';

/** The document that an HTML mail is shown as: cleaned, without scripts, forms and remote content. */
export function frameDocument(html: string, dark = false): string {
  const clean = cleaner.sanitize(html, {
    FORBID_TAGS: ['script', 'style', 'iframe', 'object', 'embed', 'form', 'input', 'button', 'textarea', 'select', 'base', 'meta', 'link', 'audio', 'video', 'svg', 'math'],
    FORBID_ATTR: ['srcset', 'background', 'ping', 'action', 'formaction'],
    ALLOW_DATA_ATTR: false,
  });
  return `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><base target="_blank"><style>
    html{color-scheme:light} body{margin:12px;font:14px/1.5 system-ui,sans-serif;color:#1b2326;background:#fff;overflow-wrap:anywhere}
    img{max-width:100%;height:auto} a{color:#125e63} blockquote{margin:8px 0;margin-inline-start:4px;padding-inline-start:12px;border-inline-start:3px solid #ddd;color:#555} table{max-width:100%}
    ${dark ? darkPage : ''}
  </style></head><body>${clean}</body></html>`;
}

/**
 * HTML of a mail in a frame of its own: cleaned a second time, sandboxed without scripts, under a content policy that loads
 * nothing from elsewhere. The frame grows with its content up to `maxHeight`.
 */
export function HtmlFrame({ html, title, maxHeight = 900, dark = false }: { html: string; title?: string; maxHeight?: number; dark?: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(120);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => {
      const body = element.contentDocument?.documentElement;
      if (body) setHeight(Math.min(maxHeight, Math.max(60, body.scrollHeight)));
    };
    element.addEventListener('load', measure);
    return () => element.removeEventListener('load', measure);
  }, [maxHeight, html]);
  // allow-same-origin lets us measure the height; without allow-scripts nothing inside can use it.
  return (
    <iframe
      ref={frame}
      className={styles['frame']}
      style={{ height }}
      title={title ?? t('frame.title')}
      sandbox="allow-same-origin allow-popups"
      referrerPolicy="no-referrer"
      srcDoc={frameDocument(html, dark)}
    />
  );
}
