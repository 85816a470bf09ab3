import { Anchor, Button, Group, Menu, Text } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconBell, IconCheck, IconChecklist, IconPlayerSkipForward } from '@tabler/icons-react';
import { useState } from 'react';
import type { Task } from '../../../shared/schemas/task.ts';
import { notifyDone } from '../../components/notify.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { useWorkspaceNow } from '../../lib/clock.ts';
import { formatDateTime } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import classes from './tasks.module.css';

const pageSize = 50;

/** Open tasks that are due now, or later ones. */
export function TaskList({ due }: { readonly due: boolean }) {
  const [limit, setLimit] = useState(pageSize);
  const query = useQuery(api.tasks.list.queryOptions({ input: { limit: Math.min(limit, 500), due }, placeholderData: keepPreviousData }));
  return (
    <QueryState query={query}>
      {({ items, nextCursor }) =>
        items.length === 0 ? (
          <EmptyState title={t(due ? 'tasks.emptyDue' : 'tasks.emptyLater')} icon={<IconChecklist size={26} stroke={1.6} />}>
            {t(due ? 'tasks.emptyDueText' : 'tasks.emptyLaterText')}
          </EmptyState>
        ) : (
          <>
            <ul className={classes['list']} aria-label={t(due ? 'tasks.tab.due' : 'tasks.tab.later')}>
              {items.map((task) => (
                <TaskRow key={task.id} task={task} />
              ))}
            </ul>
            {nextCursor !== null && limit < 500 && (
              <Button mt="md" variant="default" onClick={() => setLimit(limit + pageSize)}>
                {t('tasks.more')}
              </Button>
            )}
          </>
        )
      }
    </QueryState>
  );
}

function TaskRow({ task }: { readonly task: Task }) {
  const queryClient = useQueryClient();
  const now = useWorkspaceNow();
  const person = task.contactName || task.contactEmail;
  const words = { title: task.title, person };
  const onSettled = () => refresh(queryClient, api.tasks.key(), api.enrolments.key(), api.workspace.key());
  const done = useMutation(api.tasks.done.mutationOptions({ onSuccess: () => notifyDone(t('tasks.wasDone', { person })), onSettled }));
  const skip = useMutation(api.tasks.skip.mutationOptions({ onSuccess: () => notifyDone(t('tasks.wasSkipped', { person })), onSettled }));
  const snooze = useMutation(api.tasks.snooze.mutationOptions({ onSuccess: (moved) => notifyDone(t('tasks.wasSnoozed', { when: formatDateTime(moved.dueAt) })), onSettled }));
  const until = (moment: (at: number) => number) => snooze.mutate({ id: task.id, until: moment(now()) });
  const busy = done.isPending || skip.isPending || snooze.isPending;
  return (
    <li className={classes['row']}>
      <div className={classes['what']}>
        <Text fw={600}>{task.title}</Text>
        <Text size="sm">
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/contacts/$contactId" params={{ contactId: task.contactId }} />}>
            {person}
          </Anchor>
          {[task.contactCompany, task.contactPhone].filter((part) => part !== '').map((part) => ` · ${part}`)}
        </Text>
        {task.note !== '' && (
          <Text size="sm" c="dimmed" mt={4} style={{ whiteSpace: 'pre-wrap' }}>
            {task.note}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt={4}>
          {t('tasks.due')} <TimeText at={task.dueAt} /> · {task.campaignName}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="compact-md"
          leftSection={<IconCheck size={16} />}
          aria-label={t('tasks.doneOf', words)}
          loading={done.isPending}
          disabled={busy}
          onClick={() => done.mutate({ id: task.id })}
        >
          {t('tasks.done')}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-md" variant="default" leftSection={<IconBell size={16} />} aria-label={t('tasks.snoozeOf', words)} disabled={busy}>
              {t('tasks.snooze')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => until((at) => at + 3 * 3_600_000)}>{t('tasks.snooze.hours')}</Menu.Item>
            <Menu.Item onClick={() => until(tomorrowAtNine)}>{t('tasks.snooze.tomorrow')}</Menu.Item>
            <Menu.Item onClick={() => until((at) => at + 7 * 86_400_000)}>{t('tasks.snooze.week')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button
          size="compact-md"
          variant="subtle"
          leftSection={<IconPlayerSkipForward size={16} />}
          aria-label={t('tasks.skipOf', words)}
          disabled={busy}
          onClick={() => skip.mutate({ id: task.id })}
        >
          {t('tasks.skip')}
        </Button>
      </Group>
    </li>
  );
}

/** Nine in the morning of the next day where this computer is. */
function tomorrowAtNine(now: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, 9).getTime();
}
