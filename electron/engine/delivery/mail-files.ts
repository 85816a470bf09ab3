import type { Attachment } from '../../../shared/schemas/sequence.ts';
import { namedImages, type MailContent } from '../composing/index.ts';
import { loadPersonalFile, type Files } from '../files/index.ts';

export type FileSource = Pick<Files, 'load'>;

/** Files as the composer takes them. */
export interface MailFiles {
  readonly attachments?: readonly MailContent[];
  readonly images?: ReadonlyMap<string, MailContent>;
}

/**
 * Reads what a mail carries: stored files, files of the person by a path with merge tags inside `folder`, and the images
 * that its HTML names. Returns a sentence for the first one that is missing: then the mail is held, not sent without it.
 */
export async function loadMailFiles(
  source: FileSource,
  wanted: { attachments: readonly Attachment[]; html: string; folder: string; path: (template: string) => string | null },
): Promise<MailFiles | string> {
  const attachments: MailContent[] = [];
  for (const attachment of wanted.attachments) {
    if (attachment.kind === 'file') {
      const file = await source.load(attachment.fileId);
      if (file === null) return 'A file of this mail is missing. Open the step and attach it again.';
      attachments.push(file);
      continue;
    }
    if (wanted.folder === '') return 'The mail attaches a file of each person, but no folder for them is set. Choose it in the settings.';
    const path = wanted.path(attachment.path);
    if (path === null) return `The path ${attachment.path} has no value for this person.`;
    const file = await loadPersonalFile(wanted.folder, path);
    if (file === null) return `The file ${path} was not found in the attachments folder, or is empty or larger than 15 MB.`;
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
