import { Alert, Button, Group, Select, Tabs, Text, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconHandStop, IconMailShare, IconUserX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { Attachment, Preview, PreviewPerson, Variant } from '../../../shared/schemas/sequence.ts';
import { ContactSelect } from '../contact-select.tsx';
import { ErrorAlert } from '../error-alert.tsx';
import { HtmlFrame } from '../html-frame.tsx';
import { EmptyState, LoadingState } from '../states.tsx';
import { useInlinePictures } from '../../lib/inline-pictures.ts';
import { t } from '../../lib/messages/index.ts';
import { useMailboxes, usePreview, usePreviewPeople } from './api.ts';
import { CarriedFiles } from './carried-files.tsx';
import classes from './preview.module.css';
import { TestSendDialog } from './test-send-dialog.tsx';

export interface Shown {
  readonly name: string;
  /** The step of the mail; null = a template. */
  readonly stepId: string | null;
  readonly variant: Variant;
  readonly attachments: readonly Attachment[];
  /** Fallback text of its personal block. */
  readonly personal?: string | undefined;
  readonly isFirst: boolean;
  /** The mail whose thread a follow-up without subject goes on in. */
  readonly previous: { readonly stepId: string; readonly variant: Variant } | null;
}

/** The open mail as one person gets it, rendered by the code that sends. */
export function PreviewPane({ shown, head }: { readonly shown: Shown | null; readonly head?: ReactNode }) {
  const [contactId, setContactId] = useState<string | null>(null);
  const [mailboxId, setMailboxId] = useState<string | null>(null);
  const [testing, setTesting] = useState(false);
  const mailboxes = useMailboxes();
  const items = mailboxes.data?.items ?? [];
  return (
    <section className={classes['side']} aria-label={t('sequences.preview')}>
      {head}
      <div className={classes['previewHead']}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} className="h-ellipsis">
            {t('sequences.preview')}
            {shown && (
              <Text component="span" c="dimmed" fw={400}>
                {' · '}
                {shown.name}
              </Text>
            )}
          </Text>
          <Tooltip label={t('sequences.testNoMailbox')} disabled={items.length > 0}>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconMailShare size={15} />}
              disabled={!shown}
              data-disabled={items.length === 0}
              aria-disabled={items.length === 0}
              onClick={() => items.length > 0 && setTesting(true)}
            >
              {t('sequences.testSend')}
            </Button>
          </Tooltip>
        </Group>
        <Group grow gap="sm" wrap="nowrap">
          <ContactSelect size="xs" label={t('sequences.previewFor')} value={contactId} onChange={setContactId} emptyLabel={t('sequences.samplePerson')} />
          <Select
            size="xs"
            label={t('sequences.previewFrom')}
            data={[{ value: '', label: t('sequences.sampleMailbox') }, ...items.map((mailbox) => ({ value: mailbox.id, label: mailbox.name }))]}
            value={mailboxId ?? ''}
            allowDeselect={false}
            onChange={(value) => setMailboxId(value === '' ? null : value)}
          />
        </Group>
        <PickedPeople shown={shown} contactId={contactId} onChoose={setContactId} />
      </div>
      <div className={classes['previewBody']}>
        {shown ? <Rendered shown={shown} contactId={contactId} mailboxId={mailboxId} /> : <EmptyState title={t('sequences.preview')}>{t('sequences.previewNothing')}</EmptyState>}
      </div>
      {shown && testing && (
        <TestSendDialog
          variant={shown.variant}
          stepId={shown.stepId}
          attachments={shown.attachments}
          contactId={contactId}
          mailboxId={mailboxId}
          mailboxes={items}
          onClose={() => setTesting(false)}
        />
      )}
    </section>
  );
}

/** People whom the engine picked because this mail may look different for them. */
function PickedPeople({ shown, contactId, onChoose }: { readonly shown: Shown | null; readonly contactId: string | null; readonly onChoose: (contactId: string | null) => void }) {
  const [texts] = useDebouncedValue(shown?.variant ?? null, 600);
  const people = usePreviewPeople(texts).data?.items ?? [];
  if (people.length === 0) return null;
  return (
    <div className={classes['people']} role="group" aria-label={t('sequences.previewPeople')}>
      <Button size="compact-xs" variant={contactId === null ? 'filled' : 'default'} aria-pressed={contactId === null} onClick={() => onChoose(null)}>
        {t('sequences.person.sample')}
      </Button>
      {people.map((person) => (
        <Tooltip key={person.contactId} label={hintOf(person)}>
          <Button
            size="compact-xs"
            maw={150}
            variant={contactId === person.contactId ? 'filled' : 'default'}
            aria-pressed={contactId === person.contactId}
            onClick={() => onChoose(person.contactId)}
          >
            {person.kind === 'list' ? (person.detail[0] ?? '') : t(`sequences.person.${person.kind}`)}
          </Button>
        </Tooltip>
      ))}
    </div>
  );
}

function hintOf({ kind, name, detail }: PreviewPerson): string {
  return t(`sequences.personHint.${kind}`, { name, fields: detail.join(', '), list: detail[0] ?? '' });
}

function Rendered({ shown, contactId, mailboxId }: { readonly shown: Shown; readonly contactId: string | null; readonly mailboxId: string | null }) {
  const { stepId, variant, attachments, personal, isFirst, previous } = shown;
  const [input] = useDebouncedValue({ stepId, variant, attachments, personal, isFirst, previous, contactId, mailboxId }, 300);
  // The subject of the thread may hold merge tags itself: it is rendered for the same person first.
  const thread = usePreview(
    { ...(input.previous ?? { stepId: input.stepId, variant: input.variant }), isFirst: true, previousSubject: null, contactId: input.contactId, mailboxId: input.mailboxId },
    input.previous !== null,
  );
  const previousSubject = input.previous === null ? null : (thread.data?.subject ?? input.previous.variant.subject);
  const preview = usePreview(
    {
      stepId: input.stepId,
      variant: input.variant,
      attachments: [...input.attachments],
      ...(input.personal === undefined ? {} : { personal: input.personal }),
      isFirst: input.isFirst,
      previousSubject,
      contactId: input.contactId,
      mailboxId: input.mailboxId,
    },
    input.previous === null || !thread.isPending,
  );
  if (preview.error) return <ErrorAlert error={preview.error} />;
  if (!preview.data) return <LoadingState rows={5} />;
  return <PreviewView preview={preview.data} stale={preview.isPlaceholderData} />;
}

const views = ['desktop', 'phone', 'dark', 'text', 'headers'] as const;

function PreviewView({ preview, stale }: { readonly preview: Preview; readonly stale: boolean }) {
  const pictured = useInlinePictures(preview.html);
  const frame = { html: pictured.html, title: t('sequences.previewFrame'), maxHeight: 2400 };
  return (
    <div className={stale ? classes['stale'] : undefined} aria-busy={stale}>
      <WhyHeld preview={preview} missingPictures={pictured.missing} />
      <Text fw={640} size="lg" mb={6} style={{ overflowWrap: 'anywhere' }}>
        {preview.subject === '' ? t('sequences.emptySubject') : preview.subject}
      </Text>
      <dl className={classes['envelope']}>
        <dt>{t('sequences.from')}</dt>
        <dd>{preview.from}</dd>
        <dt>{t('sequences.to')}</dt>
        <dd>{preview.to}</dd>
      </dl>
      <CarriedFiles files={preview.attachments} />
      {preview.sameThread && (
        <Text size="xs" c="dimmed" mb="sm">
          {t('sequences.sameThread')}
        </Text>
      )}
      <Tabs defaultValue="desktop" keepMounted={false}>
        <Tabs.List mb="sm">
          {views.map((view) => (
            <Tabs.Tab key={view} value={view} px="sm">
              {t(`sequences.previewTab.${view}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="desktop">
          <HtmlFrame {...frame} />
        </Tabs.Panel>
        <Tabs.Panel value="phone">
          <div className={classes['phone']}>
            <HtmlFrame {...frame} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="dark">
          <HtmlFrame {...frame} dark />
          <Text size="xs" c="dimmed" mt={6}>
            {t('sequences.previewDark')}
          </Text>
        </Tabs.Panel>
        <Tabs.Panel value="text">
          <pre className={classes['plain']}>{preview.text}</pre>
        </Tabs.Panel>
        <Tabs.Panel value="headers">
          <dl className={classes['envelope']}>
            {preview.headers.map((header, index) => (
              <div key={index} style={{ display: 'contents' }}>
                <dt className={classes['mono']}>{header.name}</dt>
                <dd className={classes['mono']}>{header.value}</dd>
              </div>
            ))}
          </dl>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** Everything that would keep the mail from this person. */
function WhyHeld({ preview, missingPictures }: { readonly preview: Preview; readonly missingPictures: number }) {
  return (
    <>
      {preview.suppressed !== null && (
        <Alert color="red" variant="light" icon={<IconUserX size={18} />} mb="md">
          {t('sequences.suppressed', { reason: t(`suppression.${preview.suppressed}`) })}
        </Alert>
      )}
      {preview.missing.length > 0 && (
        <Alert color="amber" variant="light" icon={<IconHandStop size={18} />} mb="md">
          {t('sequences.missing', { fields: preview.missing.join(', ') })}
        </Alert>
      )}
      {preview.issues
        .filter((issue) => issue.blocking)
        .map((issue) => (
          <Alert key={`${issue.code}-${issue.message}`} color="red" variant="light" mb="sm" py="xs">
            {issue.message}
          </Alert>
        ))}
      {missingPictures > 0 && (
        <Alert color="amber" variant="light" icon={<IconHandStop size={18} />} mb="md">
          {t('files.missingPictures', { count: missingPictures })}
        </Alert>
      )}
    </>
  );
}
