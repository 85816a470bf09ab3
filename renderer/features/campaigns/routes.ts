import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam } from '../../lib/search.ts';
import { campaignTabs, type CampaignTab } from './model/tabs.ts';

export const campaignsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/campaigns',
    validateSearch: (search: Record<string, unknown>) => choiceParam(search, 'dialog', ['new'] as const),
    component: lazyRouteComponent(() => import('./campaigns-screen.tsx'), 'CampaignsScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/campaigns/$campaignId',
    validateSearch: (search: Record<string, unknown>): { tab?: CampaignTab } => choiceParam(search, 'tab', campaignTabs),
    component: lazyRouteComponent(() => import('./campaign-screen.tsx'), 'CampaignScreen'),
  }),
] as const;
