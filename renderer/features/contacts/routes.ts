import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const contactsRoutes = [createRoute({ getParentRoute: () => rootRoute, path: '/contacts', component: lazyRouteComponent(() => import('./contacts-screen.tsx'), 'ContactsScreen') })] as const;
