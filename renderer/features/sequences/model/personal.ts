import { showsPersonalBlock } from '../../../../shared/merge-tags.ts';
import { personalBlockSchema, type EmailStep, type Variant } from '../../../../shared/schemas/sequence.ts';

const tag = '{{ personal.block }}';
const written = String.raw`\{\{-?\s*personal\s*\.\s*block\b[^}]*\}\}`;

/** Asks for a personal passage; where a text does not show it yet, it comes after the first paragraph, which greets. */
export function withPersonal(step: EmailStep): EmailStep {
  return { ...step, personal: step.personal ?? personalBlockSchema.parse({}), variants: step.variants.map((variant, index) => show(variant, index > 0)) };
}

/** Asks for none any more, and takes its tag out of the texts: without the passage it would stand for nothing. */
export function withoutPersonal({ personal: _personal, ...step }: EmailStep): EmailStep {
  return { ...step, variants: step.variants.map(hide) };
}

function show(variant: Variant, inherits: boolean): Variant {
  const { html, text } = variant;
  if (showsPersonalBlock(variant)) return variant;
  // A further arm without a text of its own has that of the first one.
  if (html === '' && text === '' && inherits) return variant;
  if (text !== '' && html === '') {
    const [first = '', ...rest] = text.split(/\n[^\S\n]*\n/);
    return { ...variant, text: [first, tag, ...rest].join('\n\n') };
  }
  const end = html.indexOf('</p>');
  const at = end < 0 ? html.length : end + '</p>'.length;
  return { ...variant, html: `${html.slice(0, at)}<p>${tag}</p>${html.slice(at)}` };
}

function hide(variant: Variant): Variant {
  const alone = new RegExp(`<p>\\s*${written}\\s*</p>`, 'g');
  const paragraph = new RegExp(`(^|\\n[^\\S\\n]*\\n)[^\\S\\n]*${written}[^\\S\\n]*(?=\\n|$)`, 'g');
  const anywhere = new RegExp(written, 'g');
  const clean = (text: string) => text.replace(alone, '').replace(paragraph, '').replace(anywhere, '').replace(/^\n+/, '');
  return showsPersonalBlock(variant) ? { ...variant, subject: variant.subject.replace(anywhere, ''), html: clean(variant.html), text: clean(variant.text) } : variant;
}
