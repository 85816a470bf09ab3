import { Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { WorkedItem } from '../../../../shared/schemas/worked-before.ts';
import { formatNumber, formatShare } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { ContactSelect } from '../../contact-select.tsx';
import { QueryState } from '../../states.tsx';
import type { MailTexts } from '../mail-editor.tsx';
import classes from '../mail-editor.module.css';
import { AssistNote } from './note.tsx';
import { paragraphsOf, plainText, splitText, withChanges } from './paragraphs.ts';
import { usePastWork, type MailPlace } from './use-past-work.ts';
import { WordDiff } from '../../word-diff.tsx';

interface Props {
  readonly mail: MailTexts;
  readonly place: MailPlace | undefined;
  readonly onChange: (change: Partial<MailTexts>) => void;
}

const settleMs = 600;

/** Own mails and snippets that are near to this one and were answered. */
export function WorkedSection({ mail, place, onChange }: Props) {
  const [settled] = useDebouncedValue(mail, settleMs);
  const [contactId, setContactId] = useState<string | null>(null);
  const past = usePastWork(settled, contactId, place);
  return (
    <Stack gap="sm">
      <div style={{ maxWidth: 280 }}>
        <ContactSelect size="xs" label={t('worked.like')} emptyLabel={t('worked.anybody')} value={contactId} onChange={setContactId} />
      </div>
      <QueryState query={past} loading={<Skeleton height={60} radius="md" />}>
        {({ items, mails, least, model, note }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed" role="status">
              {mails === 0 ? t('worked.nothing', { least }) : t('worked.noneNear', { mails })}
            </Text>
          ) : (
            <>
              {model !== null ? (
                <Text size="xs" c="dimmed">
                  {t('worked.byModel', { model })}
                </Text>
              ) : note !== null ? (
                <AssistNote source="rules" model={null} note={note} />
              ) : null}
              {items.map((item) => (
                <Item key={`${item.kind} ${item.id}`} item={item} mail={mail} onChange={onChange} />
              ))}
            </>
          )
        }
      </QueryState>
    </Stack>
  );
}

function Item({ item, mail, onChange }: { readonly item: WorkedItem; readonly mail: MailTexts; readonly onChange: Props['onChange'] }) {
  const [open, setOpen] = useState<'text' | 'diff' | null>(null);
  const { name, stepNumber, subject, text, replied, similar, shared } = item;
  const title = item.kind === 'snippet' ? t('worked.snippet', { name }) : t('worked.mail', { name, number: stepNumber ?? 1 });
  const rate = (of: WorkedItem['replied']) =>
    t('worked.replied', { count: formatNumber(of.count), of: formatNumber(of.of), low: formatShare(of.low ?? 0, 1), high: formatShare(of.high ?? 0, 1) });
  const insert = () => {
    const paragraphs = paragraphsOf(mail);
    if (paragraphs !== null) onChange(withChanges(mail, paragraphs, [{ at: paragraphs.length, before: [], after: splitText(text) }]));
  };
  return (
    <Paper withBorder p="sm" component="section" aria-label={title}>
      <Text size="xs" c="dimmed">
        {title} · {rate(replied)}
        {similar !== null && ` · ${t('worked.similar', { rate: rate(similar) })}`}
      </Text>
      {subject !== '' && (
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {subject}
        </Text>
      )}
      {open === 'diff' ? (
        <Text size="sm" component="div" mt={4}>
          <WordDiff before={plainText(mail)} after={text} />
        </Text>
      ) : (
        <Text size="sm" mt={4} className={open === 'text' ? (classes['stream'] ?? '') : (classes['excerpt'] ?? '')}>
          {text}
        </Text>
      )}
      {shared.length > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('worked.shared', { words: shared.join(', ') })}
        </Text>
      )}
      <Group gap="xs" mt="xs">
        {subject !== '' && (
          <Button size="compact-xs" variant="light" disabled={mail.subject === subject} onClick={() => onChange({ subject })}>
            {t('worked.useSubject')}
          </Button>
        )}
        <Button size="compact-xs" variant="light" onClick={insert}>
          {t('worked.insert')}
        </Button>
        <Button size="compact-xs" variant="subtle" aria-expanded={open === 'text'} onClick={() => setOpen(open === 'text' ? null : 'text')}>
          {t(open === 'text' ? 'worked.less' : 'worked.more')}
        </Button>
        <Button size="compact-xs" variant="subtle" aria-expanded={open === 'diff'} onClick={() => setOpen(open === 'diff' ? null : 'diff')}>
          {t('worked.compare')}
        </Button>
      </Group>
    </Paper>
  );
}
