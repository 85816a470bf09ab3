import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../../lib/client.ts';
import type { MailTexts } from '../mail-editor.tsx';
import { plainText } from './paragraphs.ts';

/** Which mail of a sequence is being written. */
export interface MailPlace {
  readonly sequenceId: string;
  readonly stepId: string;
}

/** What of one's own worked before and is near to the mail. A question that is not wanted any more is taken back. */
export function usePastWork(mail: MailTexts, contactId: string | null, place: MailPlace | undefined) {
  const input = { subject: mail.subject, text: plainText(mail), contactId, ...(place === undefined ? {} : { not: place }) };
  return useQuery(api.analytics.workedBefore.queryOptions({ input, placeholderData: keepPreviousData, staleTime: 60_000 }));
}
