import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { textParam } from '../../lib/search.ts';

export const mailboxesRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/mailboxes',
    validateSearch: (search: Record<string, unknown>): { edit?: string } => textParam(search, 'edit'),
    component: lazyRouteComponent(() => import('./mailboxes-screen.tsx'), 'MailboxesScreen'),
  }),
] as const;
