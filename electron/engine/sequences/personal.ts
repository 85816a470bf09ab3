import type { EmailStep, PersonalBlock, Variant } from '../../../shared/schemas/sequence.ts';

const tag = /\bpersonal\s*\.\s*block\b/;

/** Whether a text shows the personal block. */
export function showsPersonal({ subject, html, text }: Pick<Variant, 'subject' | 'html' | 'text'>): boolean {
  return tag.test(subject) || tag.test(html) || tag.test(text);
}

/** The personal block that a variant of a mail shows; null = it shows none. What a variant leaves empty it inherits from the first. */
export function personalBlockOf(step: EmailStep, variantId: string): PersonalBlock | null {
  const [original] = step.variants;
  const variant = step.variants.find(({ id }) => id === variantId) ?? original;
  if (step.personal === undefined || variant === undefined || original === undefined) return null;
  const body = variant.html === '' && variant.text === '' ? original : variant;
  return showsPersonal({ subject: variant.subject === '' ? original.subject : variant.subject, html: body.html, text: body.text }) ? step.personal : null;
}
