import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const activityRoutes = [createRoute({ getParentRoute: () => rootRoute, path: '/activity', component: lazyRouteComponent(() => import('./activity-screen.tsx'), 'ActivityScreen') })] as const;
