import { createRootRoute } from '@tanstack/react-router';
import { NotFoundPage, ScreenError } from '../shell/notices.tsx';
import { Shell } from '../shell/shell.tsx';

/**
 * The root of all routes. A feature declares its own in `features/<area>/routes.ts`:
 * `createRoute({ getParentRoute: () => rootRoute, path: '/x', component: lazyRouteComponent(() => import('./x-screen.tsx'), 'XScreen') })`
 * and exports them as an array; `app/router.tsx` composes. A screen is wrapped in `<Page>` (`components/page.tsx`).
 */
export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage, errorComponent: ScreenError });
