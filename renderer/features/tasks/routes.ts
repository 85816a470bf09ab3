import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam } from '../../lib/search.ts';
import { taskTabs, type TaskTab } from './tabs.ts';

export const tasksRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/tasks',
    validateSearch: (search: Record<string, unknown>): { tab?: TaskTab } => choiceParam(search, 'tab', taskTabs),
    component: lazyRouteComponent(() => import('./tasks-screen.tsx'), 'TasksScreen'),
  }),
] as const;
