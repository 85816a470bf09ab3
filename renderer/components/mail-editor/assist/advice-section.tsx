import { Button, Group, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconCheck } from '@tabler/icons-react';
import type { Advice } from '../../../../shared/schemas/copy-advice.ts';
import type { OwnResult } from '../../../../shared/schemas/worked-before.ts';
import { api } from '../../../lib/client.ts';
import { formatNumber, formatShare } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { QueryState } from '../../states.tsx';
import type { MailTexts } from '../mail-editor.tsx';
import { escapeText } from '../text.ts';
import { paragraphsOf, plainText, withChanges } from './paragraphs.ts';
import { usePastWork, type MailPlace } from './use-past-work.ts';

interface Props {
  readonly mail: MailTexts;
  readonly place: MailPlace | undefined;
  readonly onChange: (change: Partial<MailTexts>) => void;
}

const settleMs = 400;

/** What would make the mail easier to read and to answer, with edits, beside what one's own figures say. */
export function AdviceSection({ mail, place, onChange }: Props) {
  const [settled] = useDebouncedValue(mail, settleMs);
  const input = { subject: settled.subject, text: plainText(settled) };
  const advice = useQuery(api.analytics.copyAdvice.queryOptions({ input, placeholderData: keepPreviousData, staleTime: Infinity }));
  const past = usePastWork(settled, null, place);
  return (
    <QueryState query={advice}>
      {({ figures, advice: list }) => (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('advice.figures', { words: figures.words, questions: figures.questions, links: figures.links })}
            {figures.lix !== null && ` · ${t('advice.lix', { lix: figures.lix, level: t(`advice.level.${figures.lix < 30 ? 'easy' : figures.lix < 50 ? 'ordinary' : 'hard'}`) })}`}
          </Text>
          {list.length === 0 && (
            <Group gap="xs" wrap="nowrap">
              <IconCheck size={16} aria-hidden />
              <Text size="sm">{t('advice.none')}</Text>
            </Group>
          )}
          <Stack component="ul" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
            {list.map((item, index) => (
              <Line key={`${item.code} ${item.quote} ${index}`} advice={item} mail={mail} onChange={onChange} />
            ))}
          </Stack>
          <div>
            <Text size="sm" fw={600} mb={4}>
              {t('advice.own')}
            </Text>
            {past.data && past.data.own.length === 0 && (
              <Text size="sm" c="dimmed">
                {t('advice.ownNone')}
              </Text>
            )}
            {past.data?.own.map((result) => (
              <OwnLine key={result.code} result={result} />
            ))}
          </div>
        </Stack>
      )}
    </QueryState>
  );
}

function Line({ advice, mail, onChange }: { readonly advice: Advice; readonly mail: MailTexts; readonly onChange: Props['onChange'] }) {
  const { code, quote, count, edit } = advice;
  const change = edit === null ? null : changed(mail, edit);
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {t(`advice.${code}`, { quote: quote.length > 90 ? `${quote.slice(0, 89)}…` : quote, count: count ?? 0, text: edit?.replace ?? '' })}
      </Text>
      {edit !== null && change !== null && (
        <Button size="compact-xs" variant="light" style={{ flex: 'none', maxWidth: '45%' }} onClick={() => onChange(change)}>
          <span className="h-ellipsis">{t(edit.find === '' ? 'advice.add' : 'advice.write', { text: edit.replace })}</span>
        </Button>
      )}
    </Group>
  );
}

/** The body after an edit; null where its words do not stand in it in one piece. */
function changed(mail: MailTexts, { find, replace }: { readonly find: string; readonly replace: string }): Partial<MailTexts> | null {
  if (find === '') {
    const paragraphs = paragraphsOf(mail);
    if (paragraphs === null) return null;
    const last = paragraphs.at(-1)?.text ?? '';
    const at = paragraphs.length > 1 && (/\{\{-?\s*sender/.test(last) || last.split(/\s+/).length <= 4) ? paragraphs.length - 1 : paragraphs.length;
    return withChanges(mail, paragraphs, [{ at, before: [], after: [replace] }]);
  }
  const field = mail.html.trim() === '' ? 'text' : 'html';
  const written = (text: string) => (field === 'text' ? text : escapeText(text));
  const at = mail[field].indexOf(written(find));
  return at === -1 ? null : { [field]: mail[field].slice(0, at) + written(replace) + mail[field].slice(at + written(find).length) };
}

function OwnLine({ result: { code, holds, with: yes, without: no, clear } }: { readonly result: OwnResult }) {
  const rate = ({ rate: value, low, high, of }: OwnResult['with']) =>
    t('advice.rate', { rate: formatShare(value ?? 0, 1), low: formatShare(low ?? 0, 1), high: formatShare(high ?? 0, 1), of: formatNumber(of) });
  return (
    <Text size="sm">
      {t(`advice.own.${code}`, { yes: rate(yes), no: rate(no) })} {t(clear ? 'advice.clear' : 'advice.luck')} {t(holds ? 'advice.holds' : 'advice.holdsNot')}
    </Text>
  );
}
