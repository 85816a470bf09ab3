import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '../../../lib/messages/index.ts';
import { useSequenceActions } from '../api.ts';
import { timeline } from '../model/graph.ts';
import { blankSequence, readStarters } from '../model/starters.ts';
import { stepsSummary } from '../words.ts';
import classes from './sequences.module.css';

const files = import.meta.glob<unknown>('../../../../resources/samples/starter-sequences.json', { eager: true, import: 'default' });
const starters = Object.values(files).flatMap(readStarters);

/** Name and starting point of a new sequence: a blank page or one of the samples. */
export function NewSequenceDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { create } = useSequenceActions();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState(-1);
  const submit = async () => {
    const start = starters[chosen];
    const title = name.trim() || start?.name || t('sequences.defaultName');
    const made = await create.mutateAsync(start ? { ...start, name: title } : blankSequence(title));
    onClose();
    await navigate({ to: '/sequences/$sequenceId', params: { sequenceId: made.id } });
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('sequences.newTitle')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit().catch(() => undefined);
        }}
      >
        <Stack>
          <TextInput
            label={t('sequences.newName')}
            placeholder={starters[chosen]?.name ?? t('sequences.newNamePlaceholder')}
            value={name}
            maxLength={200}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <div role="radiogroup" aria-label={t('sequences.startFrom')}>
            <Text size="sm" fw={500} mb={6}>
              {t('sequences.startFrom')}
            </Text>
            <Stack gap="sm">
              <Starter name={t('sequences.blank')} text={t('sequences.blankText')} checked={chosen === -1} onChoose={() => setChosen(-1)} />
              {starters.map((starter, index) => (
                <Starter
                  key={starter.name}
                  name={starter.name}
                  text={starter.description}
                  summary={stepsSummary(timeline(starter.graph))}
                  checked={chosen === index}
                  onChoose={() => setChosen(index)}
                />
              ))}
            </Stack>
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('sequences.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Starter({
  name,
  text,
  summary,
  checked,
  onChoose,
}: {
  readonly name: string;
  readonly text: string;
  readonly summary?: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label className={classes['starter']} data-checked={checked}>
      <input type="radio" name="starter" className="h-visually-hidden" checked={checked} onChange={onChoose} />
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} size="sm">
          {name}
        </Text>
        {summary && (
          <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
            {summary}
          </Text>
        )}
      </Group>
      {text !== '' && (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
    </label>
  );
}
