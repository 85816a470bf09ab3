import type { Extension } from '@tiptap/core';
import { useMemo, useRef } from 'react';
import { mergeTag } from '../../../shared/merge-tags.ts';
import { t } from '../../lib/messages/index.ts';
import { useMergeTags } from './api.ts';
import { Offers, suggesting, type Offer } from './suggest.tsx';

/** What an editor offers while somebody types: merge tags after `{{`. Made once for each editor. */
export function useOffers(): { readonly tagOffers: Offers; readonly extensions: Extension[] } {
  const tags = useMergeTags();
  const known = useRef(tags.data?.tags ?? []);
  known.current = tags.data?.tags ?? [];
  return useMemo(() => {
    const tagOffers = new Offers();
    const findTags = (query: string): Offer[] => {
      const wanted = query.toLowerCase();
      return known.current
        .filter(({ tag, label }) => `${label} ${tag}`.toLowerCase().includes(wanted))
        .slice(0, 40)
        .map(({ tag, label, example }) => ({
          key: tag,
          label,
          hint: example === '' ? tag : `${tag} · ${t('sequences.tagExample', { example })}`,
          content: () => ({ type: 'mergeTag', attrs: { source: mergeTag(tag) } }),
        }));
    };
    return { tagOffers, extensions: [suggesting('tagOffers', '{{', tagOffers, findTags)] };
  }, []);
}
