import { Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { IconArrowLeft, IconSparkles, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { sequenceBriefSchema } from '../../../../shared/schemas/sequence-draft.ts';
import { api } from '../../../lib/client.ts';
import { has, t } from '../../../lib/messages/index.ts';
import { useSequenceActions } from '../api.ts';
import { useDraftNotes } from '../draft-notes.ts';
import { timeline } from '../model/graph.ts';
import { blankSequence } from '../model/new-step.ts';
import { useSequenceDraft } from '../use-sequence-draft.ts';
import { stepsSummary } from '../words.ts';
import { BriefFields, emptyBrief } from './brief-fields.tsx';
import { DraftReview } from './draft-review.tsx';
import classes from './sequences.module.css';

const fromBrief = 'brief';

/** Name and starting point of a new sequence: a blank page, a brief from which it is drafted, or one of the gallery. */
export function NewSequenceDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { create } = useSequenceActions();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const { data: starters = [] } = useQuery(api.sequences.gallery.queryOptions({ input: {}, staleTime: Infinity, select: ({ items }) => items }));
  const start = starters.find(({ key }) => key === chosen);
  const [brief, setBrief] = useState(emptyBrief);
  const drafting = useSequenceDraft();
  const { draft } = drafting;
  const keepNote = useDraftNotes((state) => state.keep);
  const isBrief = chosen === fromBrief;
  const categories = [...new Set(starters.map(({ category }) => category))];
  const submit = async () => {
    if (isBrief && draft === null) return drafting.write(brief);
    const title = name.trim() || (isBrief ? draft?.name : start?.name) || t('sequences.defaultName');
    const from = isBrief ? (draft === null ? undefined : { graph: draft.graph, description: brief.offer }) : start;
    const made = await create.mutateAsync(from ? { name: title, description: from.description, graph: from.graph } : blankSequence(title));
    if (isBrief && draft !== null) keepNote(made.id, draft);
    onClose();
    await navigate({ to: '/sequences/$sequenceId', params: { sequenceId: made.id } });
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('sequences.newTitle')} size={860}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit().catch(() => undefined);
        }}
      >
        <Stack>
          <TextInput
            label={t('sequences.newName')}
            placeholder={(isBrief ? draft?.name : start?.name) ?? t('sequences.newNamePlaceholder')}
            value={name}
            maxLength={200}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {draft !== null && isBrief ? (
            <DraftReview draft={draft} />
          ) : (
            <div role="radiogroup" aria-label={t('sequences.startFrom')}>
              <Text size="sm" fw={500} mb={6}>
                {t('sequences.startFrom')}
              </Text>
              <Stack gap="sm">
                <Starter name={t('sequences.blank')} text={t('sequences.blankText')} checked={chosen === null} onChoose={() => setChosen(null)} />
                <Starter name={t('brief.start')} text={t('brief.startText')} checked={isBrief} onChoose={() => setChosen(fromBrief)} />
                {isBrief && <BriefFields brief={brief} disabled={drafting.begun !== null} onChange={(change) => setBrief((old) => ({ ...old, ...change }))} />}
                {categories.map((category) => (
                  <div key={category} role="group" aria-label={categoryName(category)}>
                    <Text size="xs" c="dimmed" fw={600} mt="xs" mb={6}>
                      {categoryName(category)}
                    </Text>
                    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" verticalSpacing="sm">
                      {starters
                        .filter((starter) => starter.category === category)
                        .map((starter) => (
                          <Starter
                            key={starter.key}
                            name={starter.name}
                            text={starter.description}
                            summary={stepsSummary(timeline(starter.graph))}
                            checked={chosen === starter.key}
                            onChoose={() => setChosen(starter.key)}
                          />
                        ))}
                    </SimpleGrid>
                  </div>
                ))}
              </Stack>
            </div>
          )}
          <Group justify="flex-end" className={classes['dialogFoot'] ?? ''}>
            {drafting.begun !== null && (
              <Text size="sm" c="dimmed" role="status" style={{ flex: 1 }}>
                {t('brief.writing', { done: drafting.begun, mails: brief.mails })}
              </Text>
            )}
            {draft !== null && isBrief && (
              <Button variant="subtle" leftSection={<IconArrowLeft size={16} />} onClick={drafting.forget}>
                {t('brief.back')}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            {/* Keys: a button that became the next one while it is pressed would submit the form. */}
            {drafting.begun !== null ? (
              <Button key="stop" variant="default" leftSection={<IconX size={16} />} onClick={drafting.cancel}>
                {t('brief.cancel')}
              </Button>
            ) : isBrief && draft === null ? (
              <Button key="write" type="submit" leftSection={<IconSparkles size={16} />} disabled={!sequenceBriefSchema.safeParse(brief).success}>
                {t('brief.write')}
              </Button>
            ) : (
              <Button key="create" type="submit" loading={create.isPending}>
                {t('sequences.create')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function categoryName(category: string): string {
  const key = `gallery.${category}`;
  return has(key) ? t(key) : category;
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
