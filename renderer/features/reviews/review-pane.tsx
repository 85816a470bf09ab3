import { Alert, Button, Group, SegmentedControl, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconPencil, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { Review } from '../../../shared/schemas/review.ts';
import { EditMailDialog } from '../../components/edit-mail-dialog.tsx';
import { HtmlFrame } from '../../components/html-frame.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { useScreenKeys } from '../../lib/use-screen-keys.ts';
import { useReviewActions } from './api.ts';
import { splitPassage } from './passage.ts';
import { PersonalPanel } from './personal-panel.tsx';
import classes from './reviews.module.css';

/** One mail exactly as it would leave, and what a person may do with it. */
export function ReviewPane({ review, onDecided }: { readonly review: Review; readonly onDecided: (id: string) => void }) {
  const { delivery, personal, hash } = review;
  const { id } = delivery;
  const [editing, setEditing] = useState(false);
  /** The passage before the last one was written anew. */
  const [former, setFormer] = useState<{ id: string; text: string } | null>(null);
  const { approve, fallback, edit, regenerate } = useReviewActions(onDecided);
  const busy = approve.isPending || fallback.isPending || edit.isPending || regenerate.isPending;
  const act = {
    approve: () => !busy && hash !== null && approve.mutate({ id, hash }),
    edit: () => setEditing(true),
    regenerate: () => !busy && personal !== null && regenerate.mutate({ id }, { onSuccess: () => setFormer(personal.state === 'written' ? { id, text: personal.text } : null) }),
    fallback: () => !busy && personal !== null && fallback.mutate({ id }),
  };
  useScreenKeys({ a: act.approve, e: act.edit, ...(personal === null ? {} : { r: act.regenerate, f: act.fallback }) });
  return (
    <>
      <Head review={review} />
      <div className={classes['body']} tabIndex={0} role="region" aria-label={t('reviews.mail')}>
        {hash === null && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} mb="md">
            {t('reviews.unrenderable')}
          </Alert>
        )}
        {review.changed && (
          <Alert color="amber" variant="light" icon={<IconAlertTriangle size={18} />} mb="md">
            {t('reviews.changed')}
          </Alert>
        )}
        <div className={classes['columns']}>
          <Mail review={review} />
          {personal !== null && (
            <PersonalPanel
              personal={personal}
              former={former?.id === id ? former.text : null}
              editing={editing}
              saving={edit.isPending}
              onSave={(text) => edit.mutate({ id, text }, { onSuccess: () => setEditing(false) })}
              onCancel={() => setEditing(false)}
            />
          )}
        </div>
      </div>
      <Group className={classes['actions'] ?? ''} gap="sm">
        <Button leftSection={<IconCheck size={16} />} rightSection={<Kbd>A</Kbd>} loading={approve.isPending} disabled={hash === null || editing} onClick={act.approve}>
          {t(personal?.state === 'waiting' ? 'reviews.approveFallback' : 'reviews.approve')}
        </Button>
        <Button variant="default" leftSection={<IconPencil size={16} />} rightSection={<Kbd>E</Kbd>} disabled={editing} onClick={act.edit}>
          {t('reviews.edit')}
        </Button>
        {personal !== null && (
          <>
            <Button
              variant="default"
              leftSection={<IconRefresh size={16} />}
              rightSection={<Kbd>R</Kbd>}
              loading={regenerate.isPending}
              disabled={editing}
              onClick={act.regenerate}
            >
              {t(personal.state === 'waiting' ? 'reviews.write' : 'reviews.regenerate')}
            </Button>
            {personal.state === 'written' && personal.source !== 'fallback' && (
              <Button
                variant="default"
                leftSection={<IconArrowBackUp size={16} />}
                rightSection={<Kbd>F</Kbd>}
                loading={fallback.isPending}
                disabled={editing}
                onClick={act.fallback}
              >
                {t('reviews.fallback')}
              </Button>
            )}
          </>
        )}
      </Group>
      {editing && personal === null && <EditMailDialog delivery={delivery} onClose={() => setEditing(false)} />}
    </>
  );
}

function Head({ review: { delivery, subject } }: { readonly review: Review }) {
  return (
    <div className={classes['head']}>
      <Title order={2} className="h-ellipsis" title={subject}>
        {subject || t('reviews.noSubject')}
      </Title>
      <Text size="sm">
        <Text component="span" c="dimmed" size="sm">
          {t('reviews.to')}
        </Text>{' '}
        {delivery.contactName} &lt;{delivery.recipient}&gt;{' '}
        <Text component="span" c="dimmed" size="sm">
          · {t('reviews.from')}
        </Text>{' '}
        {delivery.mailboxName}
      </Text>
      <Text size="xs" c="dimmed" mt={2}>
        {t('reviews.leaves')} <TimeText at={delivery.slotAt} format="moment" /> · {delivery.campaignName}
        {delivery.stepNumber === null ? '' : ` · ${t('reviews.step', { number: delivery.stepNumber })}`}
      </Text>
    </div>
  );
}

function Mail({ review: { delivery, text, hash, personal } }: { readonly review: Review }) {
  const [view, setView] = useState<'text' | 'html'>('text');
  // The hash belongs to the key: another text is another mail.
  const whole = useQuery({ ...api.deliveries.text.queryOptions({ input: { id: delivery.id } }), queryKey: [...api.deliveries.text.key({ input: { id: delivery.id } }), hash] });
  const parts = personal === null ? null : splitPassage(text, personal.text);
  return (
    <article className={classes['mail']} aria-label={t('reviews.mail')}>
      {whole.data !== undefined && whole.data.html !== '' && (
        <SegmentedControl
          aria-label={t('reviews.view')}
          mb="sm"
          data={[
            { value: 'text', label: t('reviews.view.text') },
            { value: 'html', label: t('reviews.view.html') },
          ]}
          value={view}
          onChange={(value) => setView(value)}
        />
      )}
      {view === 'html' ? (
        <QueryState query={whole}>{({ html }) => <HtmlFrame html={html} title={t('reviews.frame')} />}</QueryState>
      ) : (
        <div className={classes['text']}>
          {parts === null ? (
            text
          ) : (
            <>
              {parts.before}
              <mark className={classes['passage']}>{parts.passage}</mark>
              {parts.after}
            </>
          )}
        </div>
      )}
    </article>
  );
}
