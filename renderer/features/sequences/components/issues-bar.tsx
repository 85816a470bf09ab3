import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertTriangle, IconBulb } from '@tabler/icons-react';
import type { GraphIssue } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import classes from './sequences.module.css';

/** What is wrong with a sequence, each finding with a jump to its field. */
export function IssuesBar({
  issues,
  nameOf,
  onJump,
}: {
  readonly issues: readonly GraphIssue[];
  readonly nameOf: (stepId: string) => string | null;
  readonly onJump: (issue: GraphIssue) => void;
}) {
  const blocking = issues.filter((issue) => issue.blocking);
  const advice = issues.filter((issue) => !issue.blocking);
  return (
    <>
      {blocking.length > 0 && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={t('sequences.problems', { count: blocking.length })} mb="md" py="sm">
          <IssueList issues={blocking} nameOf={nameOf} onJump={onJump} />
        </Alert>
      )}
      {advice.length > 0 && (
        <Alert color="amber" variant="light" icon={<IconBulb size={18} />} title={t('sequences.advice', { count: advice.length })} mb="md" py="sm">
          <IssueList issues={advice} nameOf={nameOf} onJump={onJump} />
        </Alert>
      )}
    </>
  );
}

function IssueList({
  issues,
  nameOf,
  onJump,
}: {
  readonly issues: readonly GraphIssue[];
  readonly nameOf: (stepId: string) => string | null;
  readonly onJump: (issue: GraphIssue) => void;
}) {
  return (
    <ul className={classes['issues']}>
      {issues.map((issue, index) => {
        const name = issue.stepId === null ? null : nameOf(issue.stepId);
        return (
          <li key={index} className={classes['issue']}>
            <Text size="sm">
              {name !== null && <strong>{`${name}${issue.variantId !== null && issue.variantId !== 'A' ? ` ${issue.variantId}` : ''}: `}</strong>}
              {issue.message}
            </Text>
            {name !== null && (
              <Anchor component="button" type="button" size="sm" style={{ flex: 'none' }} onClick={() => onJump(issue)}>
                {t('sequences.jump')}
              </Anchor>
            )}
          </li>
        );
      })}
    </ul>
  );
}
