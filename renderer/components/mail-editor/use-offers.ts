import type { Extension } from '@tiptap/core';
import { useMemo, useRef } from 'react';
import { mergeTag } from '../../../shared/merge-tags.ts';
import { t } from '../../lib/messages/index.ts';
import { useMergeTags, useTemplates } from './api.ts';
import { snippetContent } from './extensions.ts';
import { Offers, suggesting, type Offer } from './suggest.tsx';
import { beginningOf } from './template-menu.tsx';

/** What an editor offers while somebody types: merge tags after `{{`, and, in a text of several lines, snippets after `/`. Made once for each editor. */
export function useOffers(): { readonly tagOffers: Offers; readonly snippetOffers: Offers; readonly extensions: Extension[]; readonly snippets: Extension } {
  const tags = useMergeTags();
  const known = useRef(tags.data?.tags ?? []);
  known.current = tags.data?.tags ?? [];
  const templates = useTemplates('snippet', '');
  const blocks = useRef(templates.data?.items ?? []);
  blocks.current = templates.data?.items ?? [];
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
    const snippetOffers = new Offers();
    const findSnippets = (query: string): Offer[] => {
      const wanted = query.toLowerCase();
      return blocks.current
        .filter(({ name }) => name.toLowerCase().includes(wanted))
        .slice(0, 40)
        .map((snippet) => ({ key: snippet.id, label: snippet.name, hint: beginningOf(snippet), content: () => snippetContent(snippet) }));
    };
    return {
      tagOffers,
      snippetOffers,
      extensions: [suggesting('tagOffers', '{{', tagOffers, findTags)],
      snippets: suggesting('snippetOffers', '/', snippetOffers, findSnippets),
    };
  }, []);
}
