import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const mailboxesRoutes = [createRoute({ getParentRoute: () => rootRoute, path: '/mailboxes', component: lazyRouteComponent(() => import('./mailboxes-screen.tsx'), 'MailboxesScreen') })] as const;
