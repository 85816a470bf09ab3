import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/client.ts';

/** The merge tags that can be used now: standard ones and the custom fields that contacts have. */
export function useMergeTags() {
  return useQuery(api.sequences.mergeTags.queryOptions({ input: {} }));
}

/** The names of custom fields among merge tags; null while they are not known. */
export function customFieldsIn(tags: readonly { readonly tag: string; readonly label: string }[] | undefined): string[] | null {
  return tags === undefined ? null : tags.filter(({ tag }) => /^custom[.[]/.test(tag)).map(({ label }) => label);
}
