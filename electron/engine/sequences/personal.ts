import { showsPersonalBlock } from '../../../shared/merge-tags.ts';
import type { EmailStep, PersonalBlock } from '../../../shared/schemas/sequence.ts';

/** The personal block that a variant of a mail shows; null = it shows none. What a variant leaves empty it inherits from the first. */
export function personalBlockOf(step: EmailStep, variantId: string): PersonalBlock | null {
  const [original] = step.variants;
  const variant = step.variants.find(({ id }) => id === variantId) ?? original;
  if (step.personal === undefined || variant === undefined || original === undefined) return null;
  const body = variant.html === '' && variant.text === '' ? original : variant;
  return showsPersonalBlock({ subject: variant.subject === '' ? original.subject : variant.subject, html: body.html, text: body.text }) ? step.personal : null;
}
