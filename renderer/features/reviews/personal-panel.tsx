import { Alert, Button, Group, Text, Textarea, Title } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { standardTags } from '../../../shared/merge-tags.ts';
import type { Fact, PersonalText } from '../../../shared/schemas/review.ts';
import { Kbd } from '../../components/kbd.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { WordDiff } from '../../components/word-diff.tsx';
import { has, t } from '../../lib/messages/index.ts';
import classes from './reviews.module.css';

interface Props {
  readonly personal: PersonalText;
  /** The passage before the last one was written anew; null = there was none. */
  readonly former: string | null;
  readonly editing: boolean;
  readonly saving: boolean;
  readonly onSave: (text: string) => void;
  readonly onCancel: () => void;
}

/** Where the passage comes from, what is wrong with it, and the facts that it may use. */
export function PersonalPanel({ personal, former, editing, saving, onSave, onCancel }: Props) {
  return (
    <aside className={classes['personal']} aria-label={t('reviews.personal')}>
      <Title order={3} size="h5">
        {t('reviews.personal')}
      </Title>
      <Origin personal={personal} />
      {editing && <Editor key={personal.text} text={personal.text} saving={saving} onSave={onSave} onCancel={onCancel} />}
      {personal.findings.length > 0 && (
        <Alert color="amber" variant="light" icon={<IconAlertTriangle size={18} />} title={t('reviews.findings')}>
          {personal.findings.map(({ code, found }) => (
            <Text key={`${code} ${found}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {t(`reviews.finding.${code}`, { found })}
            </Text>
          ))}
        </Alert>
      )}
      {former !== null && former !== personal.text && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('reviews.personal.former')}
          </Text>
          <Text size="sm" component="div">
            <WordDiff before={former} after={personal.text} />
          </Text>
        </div>
      )}
      <Facts facts={personal.facts} used={personal.used} />
      {personal.unapproved === 'fallback' && (
        <Text size="xs" c="dimmed">
          {t('reviews.personal.unapproved', { text: personal.fallback })}
        </Text>
      )}
    </aside>
  );
}

function Origin({ personal: { state, source, model, promptVersion, note, writtenAt } }: { readonly personal: PersonalText }) {
  const reason = note === null ? '' : ` ${t(`reviews.note.${note}`)}`;
  return (
    <Text size="sm" c="dimmed">
      {state === 'waiting' ? (
        `${t('reviews.personal.waiting')}${reason}`
      ) : (
        <span title={promptVersion === null ? undefined : t('reviews.personal.prompt', { prompt: promptVersion })}>
          {t(`reviews.personal.${source}`, { model: model ?? '' })} · <TimeText at={writtenAt} />
          {reason !== '' && <>.{reason}</>}
        </span>
      )}
    </Text>
  );
}

function Editor({ text, saving, onSave, onCancel }: { readonly text: string; readonly saving: boolean; readonly onSave: (text: string) => void; readonly onCancel: () => void }) {
  const [value, setValue] = useState(text);
  const ready = value.trim() !== '' && !saving;
  return (
    <div>
      <Textarea
        label={t('reviews.personal.text')}
        autosize
        autoFocus
        minRows={3}
        maxRows={10}
        maxLength={1000}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) onSave(value.trim());
        }}
      />
      <Group gap="sm" mt="sm">
        <Button size="compact-md" loading={saving} disabled={!ready} onClick={() => onSave(value.trim())}>
          {t('reviews.personal.save')}
        </Button>
        <Button size="compact-md" variant="default" rightSection={<Kbd>Esc</Kbd>} onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </Group>
    </div>
  );
}

function Facts({ facts, used }: { readonly facts: readonly Fact[]; readonly used: readonly string[] }) {
  const isUsed = ({ name }: Fact) => used.includes(name);
  const sorted = [...facts].sort((a, b) => Number(isUsed(b)) - Number(isUsed(a)));
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t('reviews.facts')}
      </Text>
      {sorted.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('reviews.facts.none')}
        </Text>
      )}
      <dl className={classes['facts']}>
        {sorted.map((fact, index) => (
          <div key={`${fact.name} ${index}`} data-used={isUsed(fact)}>
            <dt>
              {isUsed(fact) && <IconCheck size={14} aria-hidden />}
              {nameOf(fact.name)}
              {isUsed(fact) && <span className="h-visually-hidden"> ({t('reviews.facts.used')})</span>}
            </dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function nameOf(name: string): string {
  const key = `reviews.fact.${name}`;
  if (has(key)) return t(key);
  return standardTags.find(({ tag }) => tag === name)?.label ?? name.replace(/^custom\./, '');
}
