import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';

export interface ContactsSearch {
  /** The list that is shown; absent = everybody. */
  readonly list?: string;
  /** The contact in the drawer. */
  readonly contact?: string;
  readonly tab?: 'suppressions';
}

export interface ImportSearch {
  /** The list that the import goes to by default. */
  readonly list?: string;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

export const contactsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts',
    validateSearch: (search: Record<string, unknown>): ContactsSearch => ({
      ...(text(search['list']) === undefined ? {} : { list: String(search['list']) }),
      ...(text(search['contact']) === undefined ? {} : { contact: String(search['contact']) }),
      ...(search['tab'] === 'suppressions' ? { tab: 'suppressions' as const } : {}),
    }),
    component: lazyRouteComponent(() => import('./contacts-screen.tsx'), 'ContactsScreen'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/contacts/import',
    validateSearch: (search: Record<string, unknown>): ImportSearch => (text(search['list']) === undefined ? {} : { list: String(search['list']) }),
    component: lazyRouteComponent(() => import('./import-screen.tsx'), 'ImportScreen'),
  }),
] as const;
