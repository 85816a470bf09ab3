import { Alert, Anchor, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconBulb } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { GraphIssue } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import classes from './sequences.module.css';

interface Props {
  readonly issues: readonly GraphIssue[];
  /** The mail that a finding is about; '' where it names its step itself. */
  readonly headOf: (issue: GraphIssue) => string;
  readonly onJump: (issue: GraphIssue) => void;
  /** Only how many there are, until one asks for them. */
  readonly folded?: boolean;
}

/** What is wrong with a sequence, each finding with a jump to its field. */
export function IssuesBar({ issues, folded = false, ...rest }: Props) {
  const blocking = issues.filter((issue) => issue.blocking);
  const advice = issues.filter((issue) => !issue.blocking);
  const key = folded ? 'folded' : 'open';
  return (
    <>
      {blocking.length > 0 && <Findings key={`bad ${key}`} bad issues={blocking} folded={folded} {...rest} />}
      {advice.length > 0 && <Findings key={`advice ${key}`} bad={false} issues={advice} folded={folded} {...rest} />}
    </>
  );
}

function Findings({ bad, issues, headOf, onJump, folded = false }: Props & { readonly bad: boolean }) {
  const [open, setOpen] = useState(!folded);
  const listId = useId();
  const title = t(bad ? 'sequences.problems' : 'sequences.advice', { count: issues.length });
  return (
    <Alert
      color={bad ? 'red' : 'amber'}
      variant="light"
      icon={bad ? <IconAlertTriangle size={18} /> : <IconBulb size={18} />}
      title={
        folded ? (
          <Group justify="space-between" wrap="nowrap" w="100%">
            <span>{title}</span>
            <Anchor component="button" type="button" size="sm" aria-expanded={open} aria-controls={listId} onClick={() => setOpen(!open)}>
              {t(open ? 'sequences.issuesHide' : 'sequences.issuesShow')}
            </Anchor>
          </Group>
        ) : (
          title
        )
      }
      classNames={{ title: classes['issuesTitle'] ?? '', label: classes['issuesTitle'] ?? '' }}
      mb={folded ? 'xs' : 'md'}
      py="sm"
    >
      {open && (
        <ul id={listId} className={classes['issues']} data-folded={folded}>
          {issues.map((issue, index) => {
            const head = headOf(issue);
            return (
              <li key={index} className={classes['issue']}>
                <Text size="sm">
                  {head !== '' && <strong>{`${head}: `}</strong>}
                  {issue.message}
                </Text>
                {issue.stepId !== null && (
                  <Anchor component="button" type="button" size="sm" style={{ flex: 'none' }} onClick={() => onJump(issue)}>
                    {t('sequences.jump')}
                  </Anchor>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Alert>
  );
}
