import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam, textParam } from '../../lib/search.ts';
import { periods, type PeriodDays } from './periods.ts';

export interface AnalyticsSearch {
  days?: PeriodDays;
  campaignId?: string;
}

export const analyticsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/analytics',
    validateSearch: (search: Record<string, unknown>): AnalyticsSearch => ({
      ...choiceParam({ days: String(search['days']) }, 'days', periods),
      ...textParam(search, 'campaignId'),
    }),
    component: lazyRouteComponent(() => import('./analytics-screen.tsx'), 'AnalyticsScreen'),
  }),
] as const;
