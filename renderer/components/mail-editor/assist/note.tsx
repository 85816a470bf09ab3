import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CopyNote } from '../../../../shared/schemas/assist.ts';
import { t } from '../../../lib/messages/index.ts';

/** Who made a proposal, and the way to a model where there is none. */
export function AssistNote({ source, model, note }: { readonly source: 'model' | 'rules'; readonly model: string | null; readonly note: CopyNote | null }) {
  return (
    <Text size="xs" c="dimmed" role="status">
      {source === 'model' ? t('assist.byModel', { model: model ?? '' }) : t(`assist.byRules.${note ?? 'no_model'}`)}{' '}
      {note === 'no_model' && (
        <Anchor size="xs" underline="always" renderRoot={(props) => <Link to="/settings/models" search={{}} {...props} />}>
          {t('assist.setUp')}
        </Anchor>
      )}
    </Text>
  );
}
