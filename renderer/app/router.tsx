import { createHashHistory, createRouter, type RouterHistory } from '@tanstack/react-router';
import { LoadingState } from '../components/states.tsx';
import { activityRoutes } from '../features/activity/routes.ts';
import { analyticsRoutes } from '../features/analytics/routes.ts';
import { assistRoutes } from '../features/assist/routes.ts';
import { campaignsRoutes } from '../features/campaigns/routes.ts';
import { contactsRoutes } from '../features/contacts/routes.ts';
import { dashboardRoutes } from '../features/dashboard/routes.ts';
import { inboxRoutes } from '../features/inbox/routes.ts';
import { mailboxesRoutes } from '../features/mailboxes/routes.ts';
import { reviewsRoutes } from '../features/reviews/routes.ts';
import { sequencesRoutes } from '../features/sequences/routes.ts';
import { settingsRoutes } from '../features/settings/routes.ts';
import { tasksRoutes } from '../features/tasks/routes.ts';
import { comparisonRoutes } from '../features/comparison/routes.ts';
import { templatesRoutes } from '../features/templates/routes.ts';
import { NotFoundPage, ScreenError } from '../shell/notices.tsx';
import { rootRoute } from './root-route.tsx';

const routeTree = rootRoute.addChildren([
  ...dashboardRoutes,
  ...inboxRoutes,
  ...tasksRoutes,
  ...reviewsRoutes,
  ...templatesRoutes,
  ...campaignsRoutes,
  ...sequencesRoutes,
  ...contactsRoutes,
  ...activityRoutes,
  ...analyticsRoutes,
  ...mailboxesRoutes,
  ...settingsRoutes,
  ...assistRoutes,
  ...comparisonRoutes,
]);

/** The router. Addresses live in the hash, which works the same from a file, from the app's own protocol and over HTTP. */
export function createAppRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    defaultPreload: 'intent',
    defaultPreloadDelay: 80,
    defaultPendingMs: 150,
    defaultPendingComponent: () => <LoadingState />,
    defaultErrorComponent: ScreenError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
