import { Anchor, Divider, Drawer, Group, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { QueryState } from '../../../components/states.tsx';
import { t } from '../../../lib/messages/index.ts';
import { useContact } from '../api.ts';
import { ContactFacts, ContactHead, ContactLabels } from './contact-details.tsx';
import { ContactHistory } from './contact-history.tsx';

/** One person beside the table: what is known, lists, status, and what happened. */
export function ContactDrawer({ contactId, onClose }: { readonly contactId: string | null; readonly onClose: () => void }) {
  return (
    <Drawer opened={contactId !== null} onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} size={520} title={t('contacts.details')}>
      {contactId !== null && <Details key={contactId} contactId={contactId} onClose={onClose} />}
    </Drawer>
  );
}

function Details({ contactId, onClose }: { readonly contactId: string; readonly onClose: () => void }) {
  const contact = useContact(contactId);
  return (
    <QueryState query={contact}>
      {(person) => (
        <Stack gap="md">
          <ContactHead contact={person} onClose={onClose} />
          <ContactFacts contact={person} />
          <ContactLabels contact={person} />
          <Divider />
          <Group justify="space-between">
            <Title order={3}>{t('contacts.history')}</Title>
            <Anchor size="sm" renderRoot={(props) => <Link to="/contacts/$contactId" params={{ contactId }} {...props} />}>
              {t('contacts.openPage')}
            </Anchor>
          </Group>
          <ContactHistory contactId={contactId} />
        </Stack>
      )}
    </QueryState>
  );
}
