import type { Attachment } from '../../../shared/schemas/sequence.ts';
import { namedImages, type MailContent } from '../composing/index.ts';
import { loadAttachment, type AttachmentPlace, type Files } from '../files/index.ts';

export type FileSource = Pick<Files, 'load'>;

/** Files as the composer takes them. */
export interface MailFiles {
  readonly attachments?: readonly MailContent[];
  readonly images?: ReadonlyMap<string, MailContent>;
}

/**
 * Reads what a mail carries: its attachments, and the images that its HTML names. Returns a sentence for the first one
 * that is missing: then the mail is held, not sent without it.
 */
export async function loadMailFiles(source: FileSource, wanted: AttachmentPlace & { attachments: readonly Attachment[]; html: string }): Promise<MailFiles | string> {
  const attachments: MailContent[] = [];
  for (const attachment of wanted.attachments) {
    const file = await loadAttachment(source, attachment, wanted);
    if (typeof file === 'string') return file;
    attachments.push(file);
  }
  const images = new Map<string, MailContent>();
  for (const id of namedImages(wanted.html)) {
    const image = await source.load(id);
    if (image === null) return 'A picture of this mail is missing. Open the step and insert it again.';
    images.set(id, image);
  }
  return { attachments, images };
}
