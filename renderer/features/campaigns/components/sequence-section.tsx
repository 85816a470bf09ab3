import { Anchor, Select, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { t } from '../../../lib/messages/index.ts';
import { useSequences } from '../api.ts';

/** Which sequence is sent, and in which version. */
export function SequenceSection({ sequenceId, onChange }: { readonly sequenceId: string; readonly onChange: (sequenceId: string) => void }) {
  const sequences = useSequences();
  const items = sequences.data?.items ?? [];
  const chosen = items.find((sequence) => sequence.id === sequenceId);
  return (
    <>
      <Select
        aria-label={t('campaigns.sequence')}
        placeholder={t('campaigns.chooseSequence')}
        data={items.map((sequence) => ({ value: sequence.id, label: sequence.name }))}
        value={chosen ? sequenceId : null}
        searchable
        allowDeselect={false}
        maw={480}
        onChange={(value) => value !== null && onChange(value)}
      />
      {chosen && (
        <Text size="sm" mt="sm" c={chosen.activeVersion === null ? 'var(--homing-bad)' : 'dimmed'}>
          {chosen.activeVersion === null
            ? t('campaigns.versionNone')
            : t(chosen.draftChanged ? 'campaigns.versionDiffers' : 'campaigns.versionActive', { version: String(chosen.activeVersion) })}{' '}
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/sequences/$sequenceId" params={{ sequenceId: chosen.id }} {...props} />}>
            {t('campaigns.openSequence')}
          </Anchor>
        </Text>
      )}
    </>
  );
}
