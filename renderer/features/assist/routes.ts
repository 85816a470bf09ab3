import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { textParam } from '../../lib/search.ts';

export const assistRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/settings/models',
    validateSearch: (search: Record<string, unknown>): { edit?: string } => textParam(search, 'edit'),
    component: lazyRouteComponent(() => import('./models-screen.tsx'), 'ModelsScreen'),
  }),
] as const;
