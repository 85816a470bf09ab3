import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addressVerdictSchema, type AddressVerdict } from '../../../shared/schemas/address-check.ts';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam, textParam } from '../../lib/search.ts';

export interface ContactsSearch {
  /** The list that is shown; absent = everybody. */
  readonly list?: string;
  /** The segment whose filter is shown. */
  readonly segment?: string;
  /** The contact in the drawer. */
  readonly contact?: string;
  /** Only people whose address looks like this. */
  readonly verdict?: AddressVerdict;
  readonly tab?: 'suppressions';
}

export interface ImportSearch {
  /** The list that the import goes to by default. */
  readonly list?: string;
}

export interface DuplicatesSearch {
  /** Two contacts that were chosen; absent = the pairs that are found. */
  readonly first?: string;
  readonly second?: string;
}

export const contactsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts',
    validateSearch: (search: Record<string, unknown>): ContactsSearch => ({
      ...textParam(search, 'list'),
      ...textParam(search, 'segment'),
      ...textParam(search, 'contact'),
      ...choiceParam(search, 'verdict', addressVerdictSchema.options),
      ...choiceParam(search, 'tab', ['suppressions'] as const),
    }),
    component: lazyRouteComponent(() => import('./contacts-screen.tsx'), 'ContactsScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts/$contactId',
    component: lazyRouteComponent(() => import('./contact-screen.tsx'), 'ContactScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts/duplicates',
    validateSearch: (search: Record<string, unknown>): DuplicatesSearch => ({ ...textParam(search, 'first'), ...textParam(search, 'second') }),
    component: lazyRouteComponent(() => import('./duplicates-screen.tsx'), 'DuplicatesScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts/import',
    validateSearch: (search: Record<string, unknown>): ImportSearch => textParam(search, 'list'),
    component: lazyRouteComponent(() => import('./import-screen.tsx'), 'ImportScreen'),
  }),
] as const;
