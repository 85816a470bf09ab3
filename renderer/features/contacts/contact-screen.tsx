import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { reasonWords } from '../../lib/reasons.ts';
import { useContact } from './api.ts';
import { ContactFacts, ContactHead, ContactLabels } from './components/contact-details.tsx';
import { ContactHistory } from './components/contact-history.tsx';
import classes from './components/contacts.module.css';

const shownCampaigns = 50;

/** One person on a page of their own: what is known, their campaigns, and everything that happened. */
export function ContactScreen() {
  const { contactId } = useParams({ from: '/contacts/$contactId' });
  const navigate = useNavigate();
  const contact = useContact(contactId);
  return (
    <Page maxWidth={1280} key={contactId}>
      <Anchor size="sm" display="inline-block" py={4} mb="xs" renderRoot={(props) => <Link to="/contacts" {...props} />}>
        {t('contacts.title')}
      </Anchor>
      <QueryState query={contact}>
        {(person) => (
          <div className={classes['person']}>
            <Stack gap="lg">
              <Paper p="lg" component="section" aria-label={t('contacts.details')}>
                <Stack gap="md">
                  <ContactHead contact={person} titleOrder={1} onClose={() => void navigate({ to: '/contacts' })} />
                  <ContactFacts contact={person} />
                  <ContactLabels contact={person} />
                </Stack>
              </Paper>
              <Campaigns contactId={contactId} />
            </Stack>
            <Paper p="lg" component="section" aria-label={t('contacts.history')}>
              <ContactHistory contactId={contactId} whole title={<Title order={2}>{t('contacts.history')}</Title>} />
            </Paper>
          </div>
        )}
      </QueryState>
    </Page>
  );
}

/** The campaigns in which a person is or was. */
function Campaigns({ contactId }: { readonly contactId: string }) {
  const enrolments = useQuery(api.enrolments.list.queryOptions({ input: { contactId, limit: shownCampaigns } }));
  return (
    <Paper p="lg" component="section" aria-label={t('contacts.campaigns')}>
      <Title order={2} mb="sm">
        {t('contacts.campaigns')}
      </Title>
      <QueryState query={enrolments}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('contacts.noCampaign')}
            </Text>
          ) : (
            <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
              {items.map((enrolment) => (
                <Group key={enrolment.id} component="li" justify="space-between" wrap="nowrap">
                  <div style={{ minWidth: 0 }}>
                    <Anchor size="sm" className="h-ellipsis" renderRoot={(props) => <Link to="/campaigns/$campaignId" params={{ campaignId: enrolment.campaignId }} {...props} />}>
                      {enrolment.campaignName}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      {enrolment.reason !== null && `${reasonWords(enrolment.reason)} · `}
                      <TimeText at={enrolment.updatedAt} />
                    </Text>
                  </div>
                  <StateBadge kind="enrolment" state={enrolment.state} />
                </Group>
              ))}
            </Stack>
          )
        }
      </QueryState>
    </Paper>
  );
}
