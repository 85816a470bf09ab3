import { Text, Title } from '@mantine/core';
import { t } from '../../../lib/messages/index.ts';
import type { ForecastTable } from '../model/forecast.ts';
import { stretchWords } from '../words.ts';
import classes from './forecast.module.css';

/** Mailboxes by days: the darker, the more leaves. A real table, so that each number can be read out. */
export function ForecastHeat({ table, nameOf }: { readonly table: ForecastTable; readonly nameOf: (mailboxId: string) => string }) {
  const { unit, totals, mailboxes, most } = table;
  return (
    <section aria-labelledby="forecast-heat">
      <div className={classes['heatHead']}>
        <Title order={3} id="forecast-heat">
          {t('campaigns.forecast.heat', { unit: t(`campaigns.forecast.unit.${unit}`) })}
        </Title>
        <Text size="xs" c="dimmed" span className={classes['scale']} aria-hidden>
          {t('campaigns.forecast.less')}
          {[0, 1, 2, 3, 4].map((level) => (
            <i key={level} data-level={level} />
          ))}
          {t('campaigns.forecast.more')}
        </Text>
      </div>
      <div className={classes['heatScroll']} tabIndex={0} role="group" aria-labelledby="forecast-heat">
        <table className={classes['heat']}>
          <thead>
            <tr>
              <th scope="col">{t('campaigns.mailbox')}</th>
              {totals.map(({ from }, index) => (
                <th key={from} scope="col" data-quiet={labelled(index, totals.length) ? undefined : true}>
                  <span>{stretchWords(from, unit)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {mailboxes.map(({ mailboxId, buckets }) => (
              <tr key={mailboxId}>
                <th scope="row" title={nameOf(mailboxId)}>
                  {nameOf(mailboxId)}
                </th>
                {buckets.map(({ from, first, followUps }) => (
                  <td
                    key={from}
                    data-level={levelOf(first + followUps, most)}
                    title={t('campaigns.forecast.heatCell', { mailbox: nameOf(mailboxId), when: stretchWords(from, unit), first, followUps })}
                  >
                    <span>{first + followUps}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** About a dozen dates are written out; the others would overlap. */
function labelled(index: number, count: number): boolean {
  return index % Math.max(2, Math.ceil(count / 12)) === 0;
}

function levelOf(mails: number, most: number): number {
  return mails === 0 ? 0 : Math.max(1, Math.min(4, Math.ceil((mails / Math.max(1, most)) * 4)));
}
