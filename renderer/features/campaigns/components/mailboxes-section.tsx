import { Button, Checkbox, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { StateBadge } from '../../../components/state-badge.tsx';
import { QueryState } from '../../../components/states.tsx';
import { t } from '../../../lib/messages/index.ts';
import { useMailboxes } from '../api.ts';
import classes from './campaigns.module.css';

/** Which mailboxes send, with their state and limit. */
export function MailboxesSection({
  mailboxIds,
  disabled = false,
  onChange,
}: {
  readonly mailboxIds: readonly string[];
  readonly disabled?: boolean;
  readonly onChange: (mailboxIds: string[]) => void;
}) {
  const mailboxes = useMailboxes();
  return (
    <QueryState query={mailboxes}>
      {({ items }) => {
        if (items.length === 0) {
          return (
            <Stack align="flex-start" gap="sm">
              <Text c="dimmed">{t('campaigns.mailboxes.none')}</Text>
              <Button variant="default" renderRoot={(props) => <Link to="/mailboxes" {...props} />}>
                {t('campaigns.mailboxes.add')}
              </Button>
            </Stack>
          );
        }
        const chosen = items.filter((mailbox) => mailboxIds.includes(mailbox.id));
        const together = chosen.reduce((sum, mailbox) => sum + mailbox.limits.perDay, 0);
        const toggle = (id: string) => onChange(mailboxIds.includes(id) ? mailboxIds.filter((other) => other !== id) : [...mailboxIds, id]);
        return (
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t('campaigns.mailboxes.hint')}
            </Text>
            {items.map((mailbox) => (
              <label key={mailbox.id} className={classes['mailbox']} data-checked={mailboxIds.includes(mailbox.id)}>
                <Checkbox checked={mailboxIds.includes(mailbox.id)} disabled={disabled} onChange={() => toggle(mailbox.id)} aria-label={mailbox.name} />
                <span style={{ flex: 1, minWidth: 0 }}>
                  <Text size="sm" fw={600} className="h-ellipsis">
                    {mailbox.name}
                  </Text>
                  <Text size="xs" c="dimmed" className="h-ellipsis">
                    {mailbox.address} · {t('campaigns.mailboxes.perDay', { count: mailbox.limits.perDay })}
                  </Text>
                </span>
                <StateBadge kind="mailboxState" state={mailbox.state} detail={mailbox.stateReason} />
              </label>
            ))}
            {chosen.length > 1 && (
              <Text size="sm" c="dimmed">
                {t('campaigns.mailboxes.together', { count: together })}
              </Text>
            )}
          </Stack>
        );
      }}
    </QueryState>
  );
}
