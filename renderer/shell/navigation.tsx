import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import logo from '../../resources/icons/homing.svg';
import { api } from '../lib/client.ts';
import { useWorkspace } from '../lib/clock.ts';
import { t } from '../lib/messages/index.ts';
import { places, settingsPlace } from './places.ts';
import styles from './shell.module.css';

export function Navigation() {
  const { data: workspace } = useWorkspace();
  return (
    <nav className={styles['side']} aria-label={t('nav.label')}>
      <Link to="/" className={styles['brand']}>
        <img src={logo} alt="" />
        <span>{t('app.name')}</span>
      </Link>
      {places.map(({ to, text, icon: ItemIcon }) => (
        <Link key={text} to={to} className={styles['link']} activeOptions={{ exact: to === '/', includeSearch: false }} title={t(text)}>
          <ItemIcon size={19} stroke={1.7} aria-hidden />
          <span>{t(text)}</span>
          {to === '/inbox' && <Unread />}
          {to === '/tasks' && <TasksDue />}
          {to === '/review' && <ToReview />}
        </Link>
      ))}
      <div className={styles['spacer']} />
      <div className={styles['rule']} />
      <Link to={settingsPlace.to} className={styles['link']} title={t(settingsPlace.text)}>
        <settingsPlace.icon size={19} stroke={1.7} aria-hidden />
        <span>{t(settingsPlace.text)}</span>
      </Link>
      {workspace && <div className={styles['version']}>Homing {workspace.version}</div>}
    </nav>
  );
}

function TasksDue() {
  const { data: count = 0 } = useQuery(api.tasks.list.queryOptions({ input: { limit: 1, due: true }, select: (page) => page.total }));
  return <Count count={count} text={t('tasks.count', { count })} />;
}

function ToReview() {
  const { data: count = 0 } = useQuery(api.deliveries.list.queryOptions({ input: { limit: 1, state: 'held', heldFor: 'approval' }, select: (page) => page.total }));
  return <Count count={count} text={t('reviews.count', { count })} />;
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
