import { Button, Group, Pill, Text, Title } from '@mantine/core';
import { IconBan, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Contact } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { notifyDone, notifyError } from '../../../components/notify.tsx';
import { StateBadge } from '../../../components/state-badge.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions } from '../api.ts';
import { useBulk } from '../use-bulk.ts';
import { flagWords, nameOf } from '../words.ts';
import { ContactFormDialog } from './contact-form.tsx';
import classes from './contacts.module.css';

interface ContactWithLists extends Contact {
  readonly lists: readonly { readonly id: string; readonly name: string }[];
}

/** The lists and tags of a person. */
export function ContactLabels({ contact: { lists, tags } }: { readonly contact: ContactWithLists }) {
  return (
    <Group gap={6}>
      {lists.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('contacts.onNoList')}
        </Text>
      ) : (
        lists.map((list) => <Pill key={list.id}>{list.name}</Pill>)
      )}
      {tags.map((tag) => (
        <Pill key={tag} variant="contrast">
          {tag}
        </Pill>
      ))}
    </Group>
  );
}

/** Name, address and status of a person, and what can be done with them. `onClose` is called when they are gone. */
export function ContactHead({ contact, titleOrder = 2, onClose }: { readonly contact: Contact; readonly titleOrder?: 1 | 2; readonly onClose: () => void }) {
  const { suppress } = useContactActions();
  const bulk = useBulk();
  const [editing, setEditing] = useState(false);
  const name = nameOf(contact);
  const remove = async () => {
    if (
      !(await confirmDialog({
        title: t('contacts.deleteTitle', { count: 1 }),
        children: t('bulk.deleteText'),
        confirm: t('contacts.deleteConfirm', { count: 1 }),
        danger: true,
      }))
    )
      return;
    await bulk.begin({ ids: [contact.id] }, { kind: 'delete' }, { onDone: onClose }).catch(notifyError);
  };
  const onSuppress = async () => {
    const { email } = contact;
    if (!(await confirmDialog({ title: t('contacts.suppressTitle', { email }), children: t('contacts.suppressText'), confirm: t('contacts.suppress'), danger: true }))) return;
    suppress.mutate({ value: email }, { onSuccess: () => notifyDone(t('contacts.suppressed', { email })), onError: notifyError });
  };
  return (
    <div>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Title order={titleOrder} style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          {name !== contact.email && (
            <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {contact.email}
            </Text>
          )}
          {[contact.title, contact.company].some(Boolean) && <Text size="sm">{[contact.title, contact.company].filter(Boolean).join(', ')}</Text>}
        </div>
        <StateBadge kind="contactStatus" state={contact.status} />
      </Group>
      <Group gap="sm" mt="md">
        <Button size="xs" variant="default" leftSection={<IconPencil size={15} />} onClick={() => setEditing(true)}>
          {t('contacts.edit')}
        </Button>
        {contact.status === 'active' && (
          <Button size="xs" variant="default" leftSection={<IconBan size={15} />} loading={suppress.isPending} onClick={() => void onSuppress()}>
            {t('contacts.suppress')}
          </Button>
        )}
        <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={15} />} loading={bulk.running !== null} onClick={() => void remove()}>
          {t('contacts.delete')}
        </Button>
      </Group>
      {editing && <ContactFormDialog contact={contact} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Meant({ contact, email }: { readonly contact: Contact; readonly email: string }) {
  const { update } = useContactActions();
  const use = () => update.mutate({ id: contact.id, email }, { onSuccess: () => notifyDone(t('contacts.saved', { name: email })), onError: notifyError });
  return (
    <Group gap="xs" mt={4}>
      <Text size="sm">{t('contacts.meant', { email })}</Text>
      <Button size="compact-xs" variant="default" loading={update.isPending} onClick={use}>
        {t('contacts.useMeant')}
      </Button>
    </Group>
  );
}

/** What is known of a person. */
export function ContactFacts({ contact }: { readonly contact: Contact & { readonly otherAddresses: readonly string[] } }) {
  const { nameOf: nameOfOwner } = useTeam();
  const standard = (['phone', 'website', 'city', 'country', 'timeZone'] as const).flatMap((field) =>
    contact[field] ? [[t(`contacts.field.${field}`), contact[field]] as readonly [string, string]] : [],
  );
  if (!contact.timeZone && contact.guessedZone !== null && contact.zoneSource !== null)
    standard.push([t('contacts.field.timeZone'), t('contacts.guessedZone', { zone: contact.guessedZone, source: t(`contacts.zoneSource.${contact.zoneSource}`) })]);
  const custom = Object.entries(contact.custom).sort(([a], [b]) => a.localeCompare(b));
  return (
    <dl className={classes['facts']}>
      {[...standard, ...custom].map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {contact.otherAddresses.length > 0 && (
        <>
          <dt>{t('contacts.otherAddresses')}</dt>
          <dd>{contact.otherAddresses.join(', ')}</dd>
        </>
      )}
      {contact.check !== null && (
        <>
          <dt>{t('contacts.verdict')}</dt>
          <dd>
            <StateBadge kind="addressVerdict" state={contact.check.verdict} />
            {flagWords(contact) !== null && <Text size="sm">{flagWords(contact)}</Text>}
            {contact.check.suggestion !== null && <Meant contact={contact} email={contact.check.suggestion} />}
          </dd>
        </>
      )}
      {contact.ownerId !== null && (
        <>
          <dt>{t('team.owner')}</dt>
          <dd>{nameOfOwner(contact.ownerId)}</dd>
        </>
      )}
      {contact.source !== '' && (
        <>
          <dt>{t('contacts.source')}</dt>
          <dd>{contact.source}</dd>
        </>
      )}
      {(contact.consentSource !== '' || contact.consentAt !== null) && (
        <>
          <dt>{t('contacts.consent')}</dt>
          <dd>
            {contact.consentSource} <TimeText at={contact.consentAt} never="" format="moment" />
          </dd>
        </>
      )}
      <dt>{t('contacts.added')}</dt>
      <dd>
        <TimeText at={contact.createdAt} format="moment" />
      </dd>
      <dt>{t('contacts.lastSent')}</dt>
      <dd>
        <TimeText at={contact.lastSentAt} />
      </dd>
      <dt>{t('contacts.lastReply')}</dt>
      <dd>
        <TimeText at={contact.lastReplyAt} />
      </dd>
    </dl>
  );
}
