import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import { IconActivity, IconAddressBook, IconArrowsSplit2, IconAt, IconChecklist, IconInbox, IconLayoutDashboard, IconSend, IconSettings, type Icon } from '@tabler/icons-react';
import logo from '../../resources/icons/homing.svg';
import { api } from '../lib/client.ts';
import { useWorkspace } from '../lib/clock.ts';
import { t, type MessageKey } from '../lib/messages/index.ts';
import styles from './shell.module.css';

const items: readonly { readonly to: NonNullable<LinkProps['to']>; readonly text: MessageKey; readonly icon: Icon }[] = [
  { to: '/', text: 'nav.dashboard', icon: IconLayoutDashboard },
  { to: '/inbox', text: 'nav.inbox', icon: IconInbox },
  { to: '/tasks', text: 'nav.tasks', icon: IconChecklist },
  { to: '/campaigns', text: 'nav.campaigns', icon: IconSend },
  { to: '/sequences', text: 'nav.sequences', icon: IconArrowsSplit2 },
  { to: '/contacts', text: 'nav.contacts', icon: IconAddressBook },
  { to: '/activity', text: 'nav.activity', icon: IconActivity },
  { to: '/mailboxes', text: 'nav.mailboxes', icon: IconAt },
];

export function Navigation() {
  const { data: workspace } = useWorkspace();
  return (
    <nav className={styles['side']} aria-label={t('nav.label')}>
      <Link to="/" className={styles['brand']}>
        <img src={logo} alt="" />
        <span>{t('app.name')}</span>
      </Link>
      {items.map(({ to, text, icon: ItemIcon }) => (
        <Link key={text} to={to} className={styles['link']} activeOptions={{ exact: to === '/', includeSearch: false }} title={t(text)}>
          <ItemIcon size={19} stroke={1.7} aria-hidden />
          <span>{t(text)}</span>
          {to === '/inbox' && <Unread />}
          {to === '/tasks' && <TasksDue />}
        </Link>
      ))}
      <div className={styles['spacer']} />
      <div className={styles['rule']} />
      <Link to="/settings" className={styles['link']} title={t('nav.settings')}>
        <IconSettings size={19} stroke={1.7} aria-hidden />
        <span>{t('nav.settings')}</span>
      </Link>
      {workspace && <div className={styles['version']}>Homing {workspace.version}</div>}
    </nav>
  );
}

/** Tasks that are due and mails to read. */
function TasksDue() {
  const { data: tasks = 0 } = useQuery(api.tasks.list.queryOptions({ input: { limit: 1, due: true }, select: (page) => page.total }));
  const { data: mails = 0 } = useQuery(api.deliveries.list.queryOptions({ input: { limit: 1, state: 'held', heldFor: 'approval' }, select: (page) => page.total }));
  return <Count count={tasks + mails} text={t('tasks.count', { count: tasks + mails })} />;
}

function Unread() {
  const { data: count = 0 } = useQuery(api.replies.list.queryOptions({ input: { limit: 1, unread: true }, select: (page) => page.unread }));
  return <Count count={count} text={t('nav.unread', { count })} />;
}

function Count({ count, text }: { readonly count: number; readonly text: string }) {
  if (count === 0) return null;
  return (
    <span className={styles['count']} title={text}>
      {count > 99 ? '99+' : count}
      <span className="h-visually-hidden"> {text}</span>
    </span>
  );
}
