import { Select, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconEyeCheck } from '@tabler/icons-react';
import type { Review, ReviewGroup } from '../../../shared/schemas/review.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { t } from '../../lib/messages/index.ts';
import { useScreenKeys } from '../../lib/use-screen-keys.ts';
import { ApproveAll } from './approve-all.tsx';
import { useReviews, type Scope } from './api.ts';
import { ReviewList } from './review-list.tsx';
import { ReviewPane } from './review-pane.tsx';
import classes from './reviews.module.css';
import type { ReviewsSearch } from './routes.ts';
import { WritingBar } from './writing-bar.tsx';

/** Mails that wait for a person: the list, and the chosen one as it would leave, with what is on file about its reader. */
export function ReviewsScreen() {
  const search = useSearch({ from: '/review' });
  const navigate = useNavigate({ from: '/review' });
  const scope: Scope = { ...(search.campaign === undefined ? {} : { campaignId: search.campaign }), ...(search.step === undefined ? {} : { stepId: search.step }) };
  const query = useReviews(scope);
  const set = (next: ReviewsSearch) => void navigate({ search: next, replace: true });
  return (
    <Page fill>
      <QueryState query={query}>
        {({ items, total, groups }) => {
          const inScope = groups.filter((group) => (scope.campaignId ?? group.campaignId) === group.campaignId && (scope.stepId ?? group.stepId) === group.stepId);
          const waiting = inScope.reduce((sum, group) => sum + group.waiting, 0);
          return (
            <>
              <PageHeader title={t('reviews.title')} description={t('reviews.subtitle')} actions={total > 0 && <ApproveAll scope={scope} total={total} waiting={waiting} />} />
              {groups.length === 0 && total === 0 ? (
                <div className={classes['detail']} style={{ flex: 1 }}>
                  <EmptyState title={t('reviews.empty')} icon={<IconEyeCheck size={26} stroke={1.6} />}>
                    {t('reviews.emptyText')}
                  </EmptyState>
                </div>
              ) : (
                <>
                  <WritingBar scope={scope} waiting={waiting} personal={items.some(({ personal }) => personal !== null)} />
                  <Panes items={items} total={total} groups={groups} search={search} onSearch={set} />
                </>
              )}
            </>
          );
        }}
      </QueryState>
    </Page>
  );
}

interface PanesProps {
  readonly items: readonly Review[];
  readonly total: number;
  readonly groups: readonly ReviewGroup[];
  readonly search: ReviewsSearch;
  readonly onSearch: (next: ReviewsSearch) => void;
}

function Panes({ items, total, groups, search, onSearch }: PanesProps) {
  const { mail, ...scope } = search;
  const open = (id: string | undefined) => onSearch({ ...scope, ...(id === undefined ? {} : { mail: id }) });
  const index = mail === undefined ? 0 : items.findIndex(({ delivery }) => delivery.id === mail);
  const current = items[index];
  const at = (place: number) => items[Math.min(Math.max(place, 0), items.length - 1)]?.delivery.id;
  const go = (step: number) => open(at(index + step));
  useScreenKeys({ j: () => go(1), k: () => go(-1) });
  /** The next one takes its place, so that the keys go on without a hand on the mouse. */
  const decided = (id: string) => {
    const place = items.findIndex(({ delivery }) => delivery.id === id);
    open((items[place + 1] ?? items[place - 1])?.delivery.id);
  };
  return (
    <div className={classes['panes']}>
      <section className={classes['list']} aria-label={t('reviews.list')}>
        {groups.length > 1 && <ScopeSelect groups={groups} scope={scope} onChoose={onSearch} />}
        <ReviewList items={items} currentId={current?.delivery.id ?? null} onOpen={open} onStep={go} />
        {items.length < total && (
          <Text size="xs" c="dimmed" p="xs" ta="center">
            {t('reviews.shown', { shown: items.length, total })}
          </Text>
        )}
      </section>
      <section className={classes['detail']} aria-label={t('reviews.mail')}>
        {current === undefined ? (
          <EmptyState title={t('reviews.missing.title')} icon={<IconEyeCheck size={26} stroke={1.6} />}>
            {t('reviews.missing.text')}
          </EmptyState>
        ) : (
          <ReviewPane key={current.delivery.id} review={current} onDecided={decided} />
        )}
      </section>
    </div>
  );
}

const everything = 'all';

function ScopeSelect({ groups, scope, onChoose }: { readonly groups: readonly ReviewGroup[]; readonly scope: ReviewsSearch; readonly onChoose: (next: ReviewsSearch) => void }) {
  const key = ({ campaignId, stepId }: ReviewGroup) => `${campaignId} ${stepId}`;
  const chosen = groups.find(({ campaignId, stepId }) => campaignId === scope.campaign && stepId === scope.step);
  const all = groups.reduce((sum, { count }) => sum + count, 0);
  return (
    <div className={classes['listTop']}>
      <Select
        aria-label={t('reviews.scope')}
        allowDeselect={false}
        value={chosen === undefined ? everything : key(chosen)}
        data={[
          { value: everything, label: t('reviews.scope.all', { count: all }) },
          ...groups.map((group) => ({ value: key(group), label: t('reviews.scope.step', { campaign: group.campaignName, number: group.stepNumber, count: group.count }) })),
        ]}
        onChange={(value) => {
          const group = groups.find((each) => key(each) === value);
          onChoose(group === undefined ? {} : { campaign: group.campaignId, step: group.stepId });
        }}
      />
    </div>
  );
}
