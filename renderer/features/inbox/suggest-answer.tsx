import { Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSparkles, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ReplyDraft } from '../../../shared/schemas/thread.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useDraft, writeDraft } from './drafts.ts';

/** Puts a proposal into the box of the answer. It is a text like one that was typed: it leaves when a person presses Send. */
export function useSuggestion(replyId: string) {
  const draft = useDraft(replyId);
  const [made, setMade] = useState<ReplyDraft | null>(null);
  const asked = useRef(0);
  const abort = useRef<AbortController | null>(null);
  const written = draft?.text.trim() ?? '';
  const suggest = useMutation({
    mutationFn: (variation: number) => {
      abort.current = new AbortController();
      return client.replies.draft({ id: replyId, variation }, { signal: abort.current.signal });
    },
    meta: { ownError: true },
    onSuccess: (next) => {
      asked.current += 1;
      setMade(next);
      writeDraft(replyId, next.text);
    },
  });
  return {
    /** What was proposed, while the box still holds it as it came. */
    made: made !== null && written === made.text.trim() ? made : null,
    pending: suggest.isPending,
    failed: suggest.isError && abort.current?.signal.aborted !== true,
    async suggest() {
      const own = written !== '' && written !== made?.text.trim();
      if (own && !(await confirmDialog({ title: t('inbox.suggest.replaceTitle'), children: t('inbox.suggest.replaceText'), confirm: t('inbox.suggest.replace') }))) return;
      suggest.mutate(asked.current);
    },
    cancel: () => abort.current?.abort(),
  };
}

export function SuggestButton({ suggestion }: { suggestion: ReturnType<typeof useSuggestion> }) {
  if (suggestion.pending)
    return (
      <Button variant="default" leftSection={<IconX size={16} />} onClick={suggestion.cancel}>
        {t('inbox.suggest.cancel')}
      </Button>
    );
  return (
    <Button variant="default" leftSection={<IconSparkles size={16} />} onClick={() => void suggestion.suggest()}>
      {t(suggestion.made === null ? 'inbox.suggest' : 'inbox.suggest.again')}
    </Button>
  );
}

/** Where the text in the box comes from, and that it waits for a person. */
export function SuggestionNote({ suggestion: { made, pending, failed } }: { suggestion: ReturnType<typeof useSuggestion> }) {
  const text = pending
    ? t('inbox.suggest.pending')
    : failed
      ? t('inbox.suggest.failed')
      : made === null
        ? null
        : made.source === 'model'
          ? t('inbox.suggest.byModel', { model: made.model ?? '' })
          : `${made.note === null ? '' : `${t(`inbox.suggest.note.${made.note}`)} `}${t('inbox.suggest.byRules')}`;
  return text === null ? null : (
    <Text size="xs" c="dimmed" mt={6} role="status">
      {text}
    </Text>
  );
}
