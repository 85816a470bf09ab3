import { Badge, Tabs } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { taskTabs, type TaskTab } from './tabs.ts';
import { TaskList } from './task-list.tsx';

/** What sequences wait for a person to do by hand. */
export function TasksScreen() {
  const { tab = 'due' } = useSearch({ from: '/tasks' });
  const navigate = useNavigate();
  const count = { due: useTaskCount(true), later: useTaskCount(false) };
  return (
    <Page>
      <PageHeader title={t('tasks.title')} description={t('tasks.subtitle')} />
      <Tabs value={tab} keepMounted={false} onChange={(next) => void navigate({ to: '/tasks', search: { tab: (next ?? 'due') as TaskTab } })}>
        <Tabs.List mb="md">
          {taskTabs.map((name) => (
            <Tabs.Tab
              key={name}
              value={name}
              rightSection={
                count[name] > 0 && (
                  <Badge size="sm" variant="light" circle={count[name] < 10}>
                    {count[name]}
                  </Badge>
                )
              }
            >
              {t(`tasks.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="due">
          <TaskList due />
        </Tabs.Panel>
        <Tabs.Panel value="later">
          <TaskList due={false} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function useTaskCount(due: boolean): number {
  return useQuery(api.tasks.list.queryOptions({ input: { limit: 1, due }, placeholderData: keepPreviousData })).data?.total ?? 0;
}
