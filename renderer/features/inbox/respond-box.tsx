import { Button, Group, Menu, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import type { Ref } from 'react';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import { draftGap } from '../../../shared/schemas/thread.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { ErrorAlert } from '../../components/error-alert.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { notifyUndo } from '../../components/notify.tsx';
import { api, client } from '../../lib/client.ts';
import { useWorkspaceNow } from '../../lib/clock.ts';
import { formatMoment } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import styles from './inbox.module.css';
import { dropDraft, useDraft, writeDraft } from './drafts.ts';
import { snoozeChoices } from './moments.ts';
import { SuggestButton, SuggestionNote, useSuggestion } from './suggest-answer.tsx';

/** So long an answer may be taken back. */
const undoSeconds = 10;

/** Answers in the same thread. The draft keeps its id until it was accepted, so that a second press sends nothing twice. */
export function RespondBox({ reply, field }: { reply: ReplyDetail; field: Ref<HTMLTextAreaElement> }) {
  const queryClient = useQueryClient();
  const now = useWorkspaceNow();
  const draft = useDraft(reply.id);
  const respond = useMutation(
    api.replies.respond.mutationOptions({
      meta: { ownError: true },
      onSuccess: ({ deliveryId, slotAt }, { text }) => {
        dropDraft(reply.id);
        const takeBack = async () => {
          await client.deliveries.drop({ id: deliveryId });
          await client.replies.done({ id: reply.id, done: false });
          writeDraft(reply.id, text);
          await refresh(queryClient, api.replies.key(), api.deliveries.key());
        };
        const later = slotAt > now() + 60_000;
        notifyUndo(later ? t('inbox.respond.planned', { moment: formatMoment(slotAt, now()) }) : t('inbox.respond.sent'), takeBack, later ? 8000 : undoSeconds * 1000);
      },
      onSettled: () => refresh(queryClient, api.replies.key(), api.deliveries.key()),
    }),
  );
  const suggestion = useSuggestion(reply.id);
  const ready = draft !== undefined && draft.text.trim() !== '' && !respond.isPending && !suggestion.pending;
  const hasGap = draft?.text.includes(draftGap) === true;
  const send = async (at: number | null = null) => {
    if (!ready) return;
    const words = { title: t('inbox.gap.title', { gap: draftGap }), children: t('inbox.gap.text'), confirm: t('inbox.gap.send') };
    if (hasGap && !(await confirmDialog(words))) return;
    respond.mutate({ id: reply.id, text: draft.text, draftId: draft.id, at, undoSeconds });
  };
  return (
    <div className={styles['respond']}>
      {respond.error && <ErrorAlert error={respond.error} />}
      <Textarea
        ref={field}
        aria-label={t('inbox.respond')}
        placeholder={t('inbox.respond.placeholder', { name: reply.contactName || reply.fromName || reply.fromAddress })}
        autosize
        minRows={2}
        maxRows={10}
        value={draft?.text ?? ''}
        disabled={respond.isPending || suggestion.pending}
        onChange={(event) => writeDraft(reply.id, event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <SuggestionNote suggestion={suggestion} />
      <Group justify="space-between" mt="sm" gap="sm">
        <Text size="xs" c={hasGap ? 'var(--homing-warn)' : 'dimmed'} style={{ flex: '1 1 180px', minWidth: 0 }} lineClamp={2}>
          {hasGap ? t('inbox.gap', { gap: draftGap }) : t('inbox.respond.from', { mailbox: reply.mailboxName })}
        </Text>
        <Group gap="sm" wrap="nowrap" ms="auto" style={{ flex: 'none' }}>
          <span aria-hidden className={styles['keys']}>
            <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd>
          </span>
          <SuggestButton suggestion={suggestion} />
          <Menu position="top-end">
            <Menu.Target>
              <Button variant="default" disabled={!ready}>
                {t('inbox.respond.later')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {snoozeChoices(now()).map(({ key, label, at }) => (
                <Menu.Item
                  key={key}
                  onClick={() => void send(at)}
                  rightSection={
                    <Text size="xs" c="dimmed">
                      {formatMoment(at, now())}
                    </Text>
                  }
                >
                  {label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button leftSection={<IconSend size={16} />} disabled={!ready} loading={respond.isPending} onClick={() => void send()}>
            {t('inbox.respond.send')}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
