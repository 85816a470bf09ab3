import sanitizeHtml from 'sanitize-html';

const layout = [
  'p',
  'div',
  'span',
  'br',
  'hr',
  'b',
  'strong',
  'i',
  'em',
  'u',
  's',
  'a',
  'ul',
  'ol',
  'li',
  'blockquote',
  'pre',
  'code',
  'table',
  'thead',
  'tbody',
  'tfoot',
  'tr',
  'td',
  'th',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'sub',
  'sup',
  'small',
  'font',
  'center',
  'img',
];

/**
 * Mail HTML as it may be shown: an allow-list of tags and attributes, no scripts, styles, forms or frames, links only to
 * the web and mail, and no remote images, which tell the sender that a mail was opened. Inline `data:` images stay.
 */
export function sanitiseMail(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: layout,
    allowedAttributes: {
      a: ['href', 'title', 'rel', 'target'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan', 'align'],
      th: ['colspan', 'rowspan', 'align'],
      table: ['border', 'cellpadding', 'cellspacing'],
      font: ['color', 'size'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowedSchemesAppliedToAttributes: ['href', 'src'],
    allowProtocolRelative: false,
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'title', 'head'],
    transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' }) },
    exclusiveFilter: (frame) => frame.tag === 'img' && (frame.attribs['src'] === undefined || !/^data:image\/(png|jpe?g|gif|webp);/i.test(frame.attribs['src'])),
    nestingLimit: 60,
  });
}
