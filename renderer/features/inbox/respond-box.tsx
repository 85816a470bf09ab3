import { Button, Group, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import { ErrorAlert } from '../../components/error-alert.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import styles from './inbox.module.css';
import { dropDraft, readDraft, writeDraft } from './drafts.ts';

/** Answers in the same thread. The draft keeps its id until it was accepted, so that a second press sends nothing twice. */
export function RespondBox({ reply }: { reply: ReplyDetail }) {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(() => readDraft(reply.id));
  useEffect(() => writeDraft(reply.id, draft), [reply.id, draft]);
  const respond = useMutation(
    api.replies.respond.mutationOptions({
      meta: { ownError: true },
      onSuccess: () => {
        dropDraft(reply.id);
        setDraft(readDraft(reply.id));
        notifyDone(t('inbox.respond.sent'));
      },
      onSettled: () => refresh(queryClient, api.replies.key(), api.deliveries.key()),
    }),
  );
  const ready = draft.text.trim() !== '' && !respond.isPending;
  const send = () => {
    if (ready) respond.mutate({ id: reply.id, text: draft.text, draftId: draft.id });
  };
  return (
    <div className={styles['respond']}>
      {respond.error && <ErrorAlert error={respond.error} />}
      <Textarea
        aria-label={t('inbox.respond')}
        placeholder={t('inbox.respond.placeholder', { name: reply.contactName || reply.fromName || reply.fromAddress })}
        autosize
        minRows={2}
        maxRows={10}
        value={draft.text}
        disabled={respond.isPending}
        onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {t('inbox.respond.from', { mailbox: reply.mailboxName })}
        </Text>
        <Group gap="sm" wrap="nowrap" style={{ flex: 'none' }}>
          <span aria-hidden style={{ whiteSpace: 'nowrap' }}>
            <Kbd>Ctrl</Kbd> <Kbd>Enter</Kbd>
          </span>
          <Button leftSection={<IconSend size={16} />} disabled={!ready} loading={respond.isPending} onClick={send}>
            {t('inbox.respond.send')}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
