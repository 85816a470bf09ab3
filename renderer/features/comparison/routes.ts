import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { textParam } from '../../lib/search.ts';

export const comparisonRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/comparison',
    validateSearch: (search: Record<string, unknown>): { competitor?: string; sequence?: string } => ({ ...textParam(search, 'competitor'), ...textParam(search, 'sequence') }),
    component: lazyRouteComponent(() => import('./comparison-screen.tsx'), 'ComparisonScreen'),
  }),
] as const;
