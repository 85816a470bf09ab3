import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { textParam } from '../../lib/search.ts';

export interface ReviewsSearch {
  /** Id of the mail that is shown. */
  readonly mail?: string;
  readonly campaign?: string;
  readonly step?: string;
}

export const reviewsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/review',
    validateSearch: (search: Record<string, unknown>): ReviewsSearch => ({ ...textParam(search, 'mail'), ...textParam(search, 'campaign'), ...textParam(search, 'step') }),
    component: lazyRouteComponent(() => import('./reviews-screen.tsx'), 'ReviewsScreen'),
  }),
] as const;
