import { Anchor, Badge, Button, Group, Text, Tooltip } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconCheck, IconLinkPlus } from '@tabler/icons-react';
import { useDeferredValue, useMemo } from 'react';
import copyWords from '../../../resources/copy-words.json';
import { copyFigures, lintCopy, longSubject, longText, type CopyFinding } from '../../../shared/copy-lint.ts';
import { fixedAddress, linksOf } from '../../../shared/mail-links.ts';
import { api } from '../../lib/client.ts';
import { formatBytes } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { ErrorAlert } from '../error-alert.tsx';
import { customFieldsIn, useMergeTags } from './api.ts';
import type { MailTexts } from './mail-editor.tsx';
import classes from './mail-editor.module.css';

interface Props {
  readonly mail: MailTexts;
  readonly isFirst: boolean;
  readonly onSelect: (finding: CopyFinding) => void;
  readonly onFix: (finding: CopyFinding) => void;
}

/** What a careful colleague would say of the text, each note with its place. Nothing of it blocks. */
export function CopyCheck({ mail, isFirst, onSelect, onFix }: Props) {
  const tags = useMergeTags();
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const { subject, html, text } = useDeferredValue(mail);
  const custom = tags.data?.tags;
  const hasOptOutLine = settings.data === undefined || settings.data.optOutLine.trim() !== '';
  const findings = useMemo(
    () => lintCopy({ subject, html, text, isFirst }, { customFields: customFieldsIn(custom), hasOptOutLine, words: copyWords }),
    [subject, html, text, isFirst, custom, hasOptOutLine],
  );
  const { words, links, bytes } = useMemo(() => copyFigures({ html, text }), [html, text]);
  return (
    <section className={classes['copy']} aria-label={t('copy.title')}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Text size="sm" fw={600}>
            {t('copy.title')}
          </Text>
          <Badge
            size="sm"
            tt="none"
            variant="light"
            color={findings.length === 0 ? 'green' : 'amber'}
            leftSection={findings.length === 0 ? <IconCheck size={11} aria-hidden /> : undefined}
          >
            {findings.length === 0 ? t('copy.fine') : t('copy.notes', { count: findings.length })}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {t('copy.figures', { words, links, size: formatBytes(bytes) })}
        </Text>
      </Group>
      {findings.length > 0 && (
        <ul className={classes['notes']}>
          {findings.map((finding, index) => (
            <li key={index} className={classes['note']}>
              <Text size="sm" component="span">
                {finding.field === 'subject' && <strong>{t('copy.whereSubject')}: </strong>}
                {sentence(finding)}
              </Text>
              <span className={classes['noteActions']}>
                {finding.fix !== null && (
                  <Button size="compact-xs" variant="light" onClick={() => onFix(finding)}>
                    {t('copy.fix', { text: finding.fix })}
                  </Button>
                )}
                {finding.place !== null && (
                  <Anchor component="button" type="button" size="sm" onClick={() => onSelect(finding)}>
                    {t('copy.show')}
                  </Anchor>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {links > 0 && <LinkCheck html={html} text={text} />}
    </section>
  );
}

function sentence({ code, count, quote }: CopyFinding): string {
  const limits: Partial<Record<CopyFinding['code'], number>> = { long_text: longText, long_subject: longSubject };
  return t(`copy.${code}`, { quote: quote.length > 60 ? `${quote.slice(0, 59)}…` : quote, count: count ?? 0, limit: limits[code] ?? 0 });
}

/** Asks the addresses whether they answer. Only a press does it: nothing leaves this computer before. */
function LinkCheck({ html, text }: Pick<MailTexts, 'html' | 'text'>) {
  const check = useMutation(api.sequences.checkLinks.mutationOptions({ meta: { ownError: true } }));
  const source = html.trim() === '' ? text : html;
  const all = [...new Set(linksOf(source, html.trim() !== '').flatMap(({ web, address }) => (web ? [address] : [])))];
  const urls = all.filter((address) => fixedAddress(address) === address && URL.canParse(address)).slice(0, 20);
  return (
    <div>
      <Tooltip label={t('copy.checkLinksHint')}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconLinkPlus size={14} aria-hidden />}
          loading={check.isPending}
          disabled={urls.length === 0}
          onClick={() => check.mutate({ urls })}
        >
          {t('copy.checkLinks')}
        </Button>
      </Tooltip>
      {check.error && <ErrorAlert error={check.error} />}
      <div role="status">
        {check.data?.items.map(({ url, problem, to }) => (
          <Text key={url} size="sm" className={classes['wrap'] ?? ''} c={problem === null ? 'dimmed' : 'var(--mantine-color-error)'}>
            {problem !== null ? t('copy.linkBroken', { address: url, problem }) : to !== null ? t('copy.linkMoved', { address: url, to }) : t('copy.linkFine', { address: url })}
          </Text>
        ))}
        {check.data && all.length > urls.length && (
          <Text size="sm" c="dimmed">
            {t('copy.linksSkipped', { count: all.length - urls.length })}
          </Text>
        )}
      </div>
    </div>
  );
}
