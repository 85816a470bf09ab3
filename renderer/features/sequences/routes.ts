import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam } from '../../lib/search.ts';
import { editorViews } from './views.ts';

export const sequencesRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sequences',
    validateSearch: (search: Record<string, unknown>) => choiceParam(search, 'dialog', ['new'] as const),
    component: lazyRouteComponent(() => import('./sequences-screen.tsx'), 'SequencesScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sequences/$sequenceId',
    validateSearch: (search: Record<string, unknown>) => choiceParam(search, 'view', editorViews),
    component: lazyRouteComponent(() => import('./sequence-screen.tsx'), 'SequenceScreen'),
  }),
] as const;
