import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export const campaignsRoutes = [createRoute({ getParentRoute: () => rootRoute, path: '/campaigns', component: lazyRouteComponent(() => import('./campaigns-screen.tsx'), 'CampaignsScreen') })] as const;
