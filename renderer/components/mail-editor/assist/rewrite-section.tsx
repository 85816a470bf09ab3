import { Alert, Button, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { draftLanguages } from '../../../../shared/schemas/sequence-draft.ts';
import { languageName } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import type { MailTexts } from '../mail-editor.tsx';
import classes from '../mail-editor.module.css';
import { AssistNote } from './note.tsx';
import { changed, changesOf, lostTags, paragraphsOf, plainText, splitText, withChanges, type Change } from './paragraphs.ts';
import { useRewrite } from './use-rewrite.ts';
import { WordDiff } from '../../word-diff.tsx';

interface Props {
  readonly mail: MailTexts;
  readonly onChange: (change: Partial<MailTexts>) => void;
}

const ways = ['shorter', 'warmer', 'plainer'] as const;

/** The body said otherwise: written before one's eyes, then shown as changes to take or to leave, one by one. */
export function RewriteSection({ mail, onChange }: Props) {
  const { partial, done, rewrite, cancel, forget } = useRewrite();
  /** The proposal as it stands, without what was left. */
  const [left, setLeft] = useState<{ of: unknown; paragraphs: string[] } | null>(null);
  const [language, setLanguage] = useState('de');
  const paragraphs = useMemo(() => paragraphsOf(mail), [mail]);
  const text = plainText(mail);
  const proposal = done === null ? null : left?.of === done ? left.paragraphs : splitText(done.text);
  const changes =
    proposal === null || paragraphs === null
      ? []
      : changesOf(
          paragraphs.map((each) => each.text),
          proposal,
        );
  const take = (some: readonly Change[]) => paragraphs !== null && onChange(withChanges(mail, paragraphs, some));
  const leave = (change: Change) => {
    if (proposal === null || paragraphs === null) return;
    // What is left stays as it is: in the proposal, its own words stand there again.
    setLeft({
      of: done,
      paragraphs: changed(
        paragraphs.map((each) => each.text),
        changes.filter((each) => each !== change),
      ),
    });
  };
  const busy = partial !== null;
  if (paragraphs === null) return <Text size="sm">{t('assist.rewrite.tooMuch')}</Text>;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        {ways.map((how) => (
          <Button key={how} size="compact-sm" variant="default" disabled={busy || text === ''} onClick={() => void rewrite({ text, how })}>
            {t(`assist.rewrite.${how}`)}
          </Button>
        ))}
        <Group gap={4} wrap="nowrap">
          <Select
            size="xs"
            w={126}
            aria-label={t('assist.rewrite.language')}
            allowDeselect={false}
            data={draftLanguages.map((value) => ({ value, label: languageName(value) }))}
            value={language}
            onChange={(next) => next !== null && setLanguage(next)}
          />
          <Button size="compact-sm" variant="default" disabled={busy || text === ''} onClick={() => void rewrite({ text, how: 'translate', language })}>
            {t('assist.rewrite.translate')}
          </Button>
        </Group>
        {busy && (
          <Button size="compact-sm" variant="subtle" leftSection={<IconX size={14} />} onClick={cancel}>
            {t('assist.stop')}
          </Button>
        )}
      </Group>
      {busy && (
        <Paper withBorder p="sm" aria-live="polite" aria-busy="true">
          <Text size="sm" className={classes['stream'] ?? ''}>
            {partial === '' ? t('assist.thinking') : partial}
          </Text>
        </Paper>
      )}
      {done !== null && (
        <>
          <AssistNote source={done.source} model={done.model} note={done.note} />
          {changes.length === 0 ? (
            <Text size="sm" c="dimmed" role="status">
              {t(done.text.trim() === text && left === null ? 'assist.rewrite.same' : 'assist.rewrite.settled')}
            </Text>
          ) : (
            <>
              <Group justify="space-between">
                <Text size="sm" fw={600} role="status">
                  {t('assist.rewrite.changes', { count: changes.length })}
                </Text>
                <Group gap="xs">
                  <Button size="compact-sm" leftSection={<IconCheck size={14} />} onClick={() => take(changes)}>
                    {t('assist.rewrite.takeAll')}
                  </Button>
                  <Button size="compact-sm" variant="default" onClick={forget}>
                    {t('assist.rewrite.leaveAll')}
                  </Button>
                </Group>
              </Group>
              {changes.map((change, index) => (
                <ChangeCard key={`${change.at} ${change.before.join()}`} number={index + 1} change={change} onTake={() => take([change])} onLeave={() => leave(change)} />
              ))}
            </>
          )}
        </>
      )}
    </Stack>
  );
}

function ChangeCard({ number, change, onTake, onLeave }: { readonly number: number; readonly change: Change; readonly onTake: () => void; readonly onLeave: () => void }) {
  const lost = lostTags(change);
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('assist.rewrite.change', { number })}>
      <Text size="sm" component="div">
        <WordDiff before={change.before.join('\n\n')} after={change.after.join('\n\n')} />
      </Text>
      {lost.length > 0 && (
        <Alert color="amber" variant="light" mt="xs" py={6} icon={<IconAlertTriangle size={16} />}>
          {t('assist.rewrite.lost', { tags: lost.join(', ') })}
        </Alert>
      )}
      <Group gap="xs" mt="xs">
        <Button size="compact-xs" variant="light" onClick={onTake}>
          {t('assist.rewrite.take')}
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={onLeave}>
          {t('assist.rewrite.leave')}
        </Button>
      </Group>
    </Paper>
  );
}
