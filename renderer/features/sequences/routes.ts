import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam } from '../../lib/search.ts';

export const sequencesRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sequences',
    validateSearch: (search: Record<string, unknown>) => choiceParam(search, 'dialog', ['new'] as const),
    component: lazyRouteComponent(() => import('./sequences-screen.tsx'), 'SequencesScreen'),
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sequences/$sequenceId', component: lazyRouteComponent(() => import('./sequence-screen.tsx'), 'SequenceScreen') }),
] as const;
