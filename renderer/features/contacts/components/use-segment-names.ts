import { useQuery } from '@tanstack/react-query';
import type { CustomField } from '../../../../shared/schemas/contact.ts';
import { api } from '../../../lib/client.ts';
import { useFields, useLists } from '../api.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What rules can name: fields, tags, lists and campaigns that exist. */
export interface SegmentNames {
  /** Custom fields, by their bare names. */
  readonly custom: readonly string[];
  readonly definitions: readonly CustomField[];
  readonly tags: readonly string[];
  readonly lists: readonly Choice[];
  readonly campaigns: readonly Choice[];
}

export function useSegmentNames(): SegmentNames {
  const fields = useFields();
  const lists = useLists();
  const campaigns = useQuery(api.campaigns.list.queryOptions({ input: { limit: 500, sort: '-createdAt' } }));
  const choices = (items: readonly { id: string; name: string }[] = []) => items.map(({ id, name }) => ({ value: id, label: name }));
  return {
    custom: fields.data?.custom ?? [],
    definitions: fields.data?.definitions ?? [],
    tags: fields.data?.tags ?? [],
    lists: choices(lists.data?.items),
    campaigns: choices(campaigns.data?.items),
  };
}
