import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Attachment, TemplateKind, Variant } from '../../../shared/schemas/sequence.ts';
import { api } from '../../lib/client.ts';
import { refresh } from '../../lib/query.ts';

/** The merge tags that can be used now: standard ones and the custom fields that contacts have. */
export function useMergeTags() {
  return useQuery(api.sequences.mergeTags.queryOptions({ input: {} }));
}

/** Templates or snippets, by name. */
export function useTemplates(kind: TemplateKind, q: string) {
  return useQuery(api.templates.list.queryOptions({ input: { limit: 500, sort: 'name', kind, ...(q === '' ? {} : { q }) }, placeholderData: keepPreviousData, staleTime: 10_000 }));
}

/** Changes to templates as a whole; each of them makes the lists fresh again. */
export function useTemplateActions() {
  const queryClient = useQueryClient();
  const onSuccess = () => refresh(queryClient, api.templates.key());
  return {
    create: useMutation(api.templates.create.mutationOptions({ onSuccess })),
    remove: useMutation(api.templates.remove.mutationOptions({ onSuccess })),
  };
}

/** The names of custom fields among merge tags; null while they are not known. */
export function customFieldsIn(tags: readonly { readonly tag: string; readonly label: string }[] | undefined): string[] | null {
  return tags === undefined ? null : tags.filter(({ tag }) => /^custom[.[]/.test(tag)).map(({ label }) => label);
}

export interface PreviewInput {
  readonly variant: Variant;
  readonly stepId: string | null;
  readonly attachments?: Attachment[];
  readonly personal?: string;
  readonly isFirst: boolean;
  readonly previousSubject: string | null;
  readonly contactId: string | null;
  readonly mailboxId: string | null;
}

export function usePreview(input: PreviewInput, enabled = true) {
  return useQuery(api.sequences.preview.queryOptions({ input, enabled, placeholderData: keepPreviousData, gcTime: 60_000, staleTime: 10_000 }));
}

export function useMailboxes() {
  return useQuery(api.mailboxes.list.queryOptions({ input: { limit: 200 } }));
}

export function useTestSend() {
  return useMutation(api.sequences.testSend.mutationOptions({ meta: { ownError: true } }));
}

/** People worth seeing a mail for, as the engine picks them. */
export function usePreviewPeople(texts: Pick<Variant, 'subject' | 'html' | 'text'> | null) {
  const variant = { subject: texts?.subject ?? '', html: texts?.html ?? '', text: texts?.text ?? '' };
  return useQuery(api.sequences.previewPeople.queryOptions({ input: { variant }, enabled: texts !== null, placeholderData: keepPreviousData, gcTime: 60_000, staleTime: 10_000 }));
}

/** A test that is under way, asked for until it is settled. */
export function useTestDelivery(id: string) {
  return useQuery(
    api.deliveries.get.queryOptions({
      input: { id },
      refetchInterval: (query) => (query.state.data && ['sent', 'failed', 'cancelled', 'skipped'].includes(query.state.data.state) ? false : 1000),
    }),
  );
}
