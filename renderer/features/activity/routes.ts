import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam, textParam } from '../../lib/search.ts';
import { holdReasons, type HoldReason } from '../../../shared/schemas/delivery.ts';
import { quickFilters, type QuickFilter } from './filters.ts';

const kinds = ['step', 'reply', 'one-off', 'test'] as const;

export interface ActivitySearch {
  show?: QuickFilter;
  kind?: (typeof kinds)[number];
  /** Only what is held for this reason. */
  heldFor?: HoldReason;
  campaignId?: string;
  contactId?: string;
  q?: string;
  delivery?: string;
}

export const activityRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/activity',
    validateSearch: (search: Record<string, unknown>): ActivitySearch => ({
      ...choiceParam(search, 'show', quickFilters),
      ...choiceParam(search, 'kind', kinds),
      ...choiceParam(search, 'heldFor', holdReasons),
      ...textParam(search, 'campaignId'),
      ...textParam(search, 'contactId'),
      ...textParam(search, 'q'),
      ...textParam(search, 'delivery'),
    }),
    component: lazyRouteComponent(() => import('./activity-screen.tsx'), 'ActivityScreen'),
  }),
] as const;
