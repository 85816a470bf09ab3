import { Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../../lib/client.ts';
import { formatPercent } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';

/** What each variant of a sequence did; asked once for all of them. */
export function useNumbers(sequenceId: string) {
  return useQuery(api.sequences.numbers.queryOptions({ input: { id: sequenceId }, staleTime: 60_000, select: ({ items }) => items }));
}

/** How many people answered a variant, with the interval that so few or so many people allow. Nothing before the first mail left. */
export function VariantNumbersLine({ sequenceId, stepId, variantId }: { readonly sequenceId: string; readonly stepId: string; readonly variantId: string }) {
  const { data } = useNumbers(sequenceId);
  if (data === undefined || !data.some((one) => one.stepId === stepId)) return null;
  const own = data.find((one) => one.stepId === stepId && one.variantId === variantId);
  if (own === undefined || own.rate === null || own.low === null || own.high === null) {
    return (
      <Text size="xs" c="dimmed" mt={6}>
        {t('steps.numbersNone')}
      </Text>
    );
  }
  return (
    <Tooltip label={t('steps.numbersHint')} multiline w={320}>
      <Text size="xs" c="dimmed" mt={6} className="h-num" component="p" tabIndex={0}>
        {t('steps.numbers', { replied: own.replied, mailed: own.mailed, rate: formatPercent(own.rate), low: formatPercent(own.low), high: formatPercent(own.high) })}
      </Text>
    </Tooltip>
  );
}
