import { Alert, Text } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import type { DraftFinding } from '../../../../shared/schemas/sequence-draft.ts';
import { t } from '../../../lib/messages/index.ts';
import { useDraftNotes, type DraftOrigin } from '../draft-notes.ts';
import classes from './sequences.module.css';

/** Who wrote a draft, and from what. */
export function originOf({ source, model, note, rhythm }: DraftOrigin): string {
  if (source === 'model') return t('brief.byModel', { model: model ?? '' });
  const written = t('brief.byRules', { why: t(`brief.why.${note ?? 'no_model'}`) });
  return rhythm === null ? written : `${written} ${t('brief.rhythm', { rhythm })}`;
}

/** What is to be looked at, each with its mail where that does not show. */
export function DraftFindings({ findings, named }: { readonly findings: readonly DraftFinding[]; readonly named: boolean }) {
  if (findings.length === 0) return null;
  return (
    <ul className={classes['issues']} aria-label={t('brief.look')} style={{ marginTop: 6 }}>
      {findings.map(({ code, mail, found }, index) => {
        const finding = t(`brief.found.${code}`, { found });
        return (
          <li key={index} className={classes['issue']}>
            {mail === null || !named ? finding : t('brief.ofMail', { mail: String(mail), finding })}
          </li>
        );
      })}
    </ul>
  );
}

/** Above a sequence that was drafted since the window was opened, until a person has read it. */
export function DraftNote({ sequenceId }: { readonly sequenceId: string }) {
  const origin = useDraftNotes(({ notes }) => notes[sequenceId]);
  const drop = useDraftNotes((state) => state.drop);
  if (origin === undefined) return null;
  return (
    <Alert
      color="pine"
      variant="light"
      mb="md"
      py="sm"
      role="status"
      icon={<IconSparkles size={18} />}
      title={t('brief.drafted')}
      withCloseButton
      closeButtonLabel={t('brief.close')}
      onClose={() => drop(sequenceId)}
    >
      <Text size="sm">
        {originOf(origin)} {t('brief.isDraft')}
      </Text>
      <DraftFindings findings={origin.findings} named />
    </Alert>
  );
}
