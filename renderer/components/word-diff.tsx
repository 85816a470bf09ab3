import { diffWordsWithSpace } from 'diff';
import { Fragment } from 'react';
import { t } from '../lib/messages/index.ts';
import classes from './components.module.css';

/** Two texts in one: what goes is struck out, what comes is marked; read aloud, both are named. */
export function WordDiff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <span className={classes['diff']}>
      {diffWordsWithSpace(before, after).map(({ value, added, removed }, index) => (
        <Fragment key={index}>
          {removed ? (
            <del>
              <span className="h-visually-hidden">{t('diff.removed')} </span>
              {value}
            </del>
          ) : added ? (
            <ins>
              <span className="h-visually-hidden">{t('diff.added')} </span>
              {value}
            </ins>
          ) : (
            value
          )}
        </Fragment>
      ))}
    </span>
  );
}
