import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const sequencesRoutes = [
  createRoute({ getParentRoute: () => rootRoute, path: '/sequences', component: lazyRouteComponent(() => import('./sequences-screen.tsx'), 'SequencesScreen') }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sequences/$sequenceId', component: lazyRouteComponent(() => import('./sequence-screen.tsx'), 'SequenceScreen') }),
] as const;
