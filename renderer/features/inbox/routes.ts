import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam, textParam } from '../../lib/search.ts';
import { inboxFilters, type InboxFilter } from './filters.ts';

export interface InboxSearch {
  show?: InboxFilter;
  q?: string;
  reply?: string;
}

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/inbox',
    validateSearch: (search: Record<string, unknown>): InboxSearch => ({ ...choiceParam(search, 'show', inboxFilters), ...textParam(search, 'q'), ...textParam(search, 'reply') }),
    component: lazyRouteComponent(() => import('./inbox-screen.tsx'), 'InboxScreen'),
  }),
] as const;
