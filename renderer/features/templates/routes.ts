import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam } from '../../lib/search.ts';

export const templatesRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/templates',
    validateSearch: (search: Record<string, unknown>) => choiceParam(search, 'kind', ['mail', 'snippet'] as const),
    component: lazyRouteComponent(() => import('./templates-screen.tsx'), 'TemplatesScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/templates/$templateId',
    component: lazyRouteComponent(() => import('./template-screen.tsx'), 'TemplateScreen'),
  }),
] as const;
