import { Button, Group, Select, Text } from '@mantine/core';
import type { Reply, ReplyDetail } from '../../../shared/schemas/reply.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { t } from '../../lib/messages/index.ts';
import { readVerdict, verdictOf, verdicts, type Verdict } from './filters.ts';

const label = (verdict: Verdict): string => {
  const { class: name, intent } = readVerdict(verdict);
  return intent === null ? t(`reply.${name}`) : t(`intent.${intent}`);
};

/** What a message is, in a word: the intent of a reply where it is known, else its class. */
export function VerdictBadge({ reply }: { reply: Pick<Reply, 'class' | 'intent'> }) {
  return reply.class === 'human' && reply.intent !== null ? <StateBadge kind="intent" state={reply.intent} /> : <StateBadge kind="reply" state={reply.class} />;
}

/** Corrects class and intent in one choice; it takes effect at once and is kept as training data. */
export function VerdictSelect({
  reply,
  disabled,
  onChange,
}: {
  reply: Pick<Reply, 'class' | 'intent'>;
  disabled: boolean;
  onChange: (verdict: ReturnType<typeof readVerdict>) => void;
}) {
  const value = verdictOf(reply);
  return (
    <Select
      aria-label={t('inbox.class.change')}
      w={190}
      data={verdicts.map(({ group, items }) => ({ group: t(`inbox.verdict.${group}`), items: items.map((each) => ({ value: each, label: label(each) })) }))}
      value={value}
      onChange={(next) => next !== null && next !== value && onChange(readVerdict(next as Verdict))}
      disabled={disabled}
      allowDeselect={false}
      comboboxProps={{ width: 230, position: 'bottom-end' }}
      maxDropdownHeight={420}
    />
  );
}

/** What a language model thinks where the verdict does not follow it: a person may. */
export function OpinionHint({
  reply,
  disabled,
  onTake,
}: {
  reply: Pick<ReplyDetail, 'class' | 'intent' | 'source' | 'opinion'>;
  disabled: boolean;
  onTake: (verdict: ReturnType<typeof readVerdict>) => void;
}) {
  const { opinion } = reply;
  if (opinion === null || reply.source === 'person' || (opinion.class === reply.class && opinion.intent === reply.intent)) return null;
  const verdict = label(verdictOf(opinion));
  return (
    <Group gap="xs" mt={4} wrap="nowrap">
      <Text size="xs" c="dimmed">
        {t('inbox.opinion', { model: opinion.model, verdict, percent: Math.round(opinion.confidence * 100) })}
      </Text>
      <Button size="compact-xs" variant="subtle" disabled={disabled} onClick={() => onTake({ class: opinion.class, intent: opinion.intent })}>
        {t('inbox.opinion.take')}
      </Button>
    </Group>
  );
}
