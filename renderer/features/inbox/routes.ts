import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../../app/root-route.tsx';
import { choiceParam, textParam } from '../../lib/search.ts';
import { conversationScopes, type ConversationScope } from '../../../shared/schemas/reply.ts';

export interface InboxSearch {
  /** Absent = what needs a reply, or everything where nothing does. */
  show?: ConversationScope;
  mailbox?: string;
  q?: string;
  reply?: string;
}

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/inbox',
    validateSearch: (search: Record<string, unknown>): InboxSearch => ({
      ...choiceParam(search, 'show', conversationScopes),
      ...textParam(search, 'mailbox'),
      ...textParam(search, 'q'),
      ...textParam(search, 'reply'),
    }),
    component: lazyRouteComponent(() => import('./inbox-screen.tsx'), 'InboxScreen'),
  }),
] as const;
