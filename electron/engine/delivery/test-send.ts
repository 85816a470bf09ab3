import { AppError } from '../../../shared/errors.ts';
import type { Attachment, Variant } from '../../../shared/schemas/sequence.ts';
import { parseAddress } from '../lib/address.ts';
import type { Sequences } from '../sequences/index.ts';
import type { Store } from '../store/index.ts';
import type { Deliveries } from './deliveries.ts';

export interface TestSendInput {
  readonly variant: Variant;
  readonly stepId?: string | null | undefined;
  readonly attachments?: Attachment[] | undefined;
  readonly contactId: string | null;
  readonly mailboxId: string;
  readonly to: string;
  /** The same id never sends twice. */
  readonly requestId: string;
}

/** Queues what the preview shows to an address of the user's own. Throws validation (also when a file is missing) or template_error. */
export function createTestSend(deps: { store: Store; sequences: Pick<Sequences, 'preview'>; deliveries: Deliveries }): (input: TestSendInput) => Promise<{ deliveryId: string }> {
  const { store, sequences, deliveries } = deps;
  return async (input) => {
    const recipient = parseAddress(input.to);
    if (!recipient.ok) throw new AppError('validation', recipient.error, { fields: { to: recipient.error } });
    const preview = await sequences.preview({
      variant: input.variant,
      stepId: input.stepId,
      attachments: input.attachments,
      isFirst: input.variant.subject !== '',
      previousSubject: null,
      contactId: input.contactId,
      mailboxId: input.mailboxId,
    });
    const blocking = preview.issues.find((issue) => issue.blocking);
    if (blocking !== undefined) throw new AppError('template_error', blocking.message, { fields: { [blocking.field ?? 'variant']: blocking.message } });
    const missing = preview.attachments.find(({ problem }) => problem !== null)?.problem;
    if (missing != null) throw new AppError('validation', missing, { fields: { attachments: missing } });
    // The test belongs to no person: paths are written out now.
    const attachments = (input.attachments ?? []).map((attachment, index): Attachment => {
      const path = preview.attachments[index]?.path;
      return attachment.kind === 'path' && path != null ? { kind: 'path', path } : attachment;
    });
    const content = { subject: preview.subject, html: preview.html, text: preview.text, inReplyTo: null, references: [], attachments };
    return {
      deliveryId: store.transaction((tx) =>
        deliveries.queue(tx, { kind: 'test', uniqueKey: input.requestId, mailboxId: input.mailboxId, recipient: recipient.value.email, contactId: null, content }),
      ),
    };
  };
}
