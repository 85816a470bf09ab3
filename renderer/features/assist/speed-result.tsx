import { Paper, Text } from '@mantine/core';
import type { SpeedTest } from '../../../shared/schemas/assist.ts';
import { t } from '../../lib/messages/index.ts';

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** What a test of a model measured, or why it failed. */
export function SpeedResult({ running, result }: { running: boolean; result: SpeedTest | null }) {
  return (
    <Paper p="md" mt="md" role="status" bg="var(--homing-surface-2)">
      {running && <Text size="sm">{t('assist.test.running')}</Text>}
      {!running && result !== null && <Measured result={result} />}
    </Paper>
  );
}

function Measured({ result }: { result: SpeedTest }) {
  const { model, totalMs, firstTokenMs, tokensPerSecond, structured } = result;
  if (!result.ok)
    return (
      <>
        <Text size="sm" fw={600} c="var(--homing-bad)">
          {t('assist.test.failed')}
        </Text>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {result.detail}
        </Text>
      </>
    );
  const first = seconds(firstTokenMs ?? totalMs);
  return (
    <>
      <Text size="sm" fw={600} className="h-num">
        {t('assist.test.ok', { model: model ?? '', seconds: seconds(totalMs) })}
        {': '}
        {tokensPerSecond === null ? t('assist.test.speedUnknown', { first }) : t('assist.test.speed', { tokens: tokensPerSecond, first })}
      </Text>
      <Text size="sm" c={structured ? 'dimmed' : 'var(--homing-warn)'}>
        {t(structured ? 'assist.test.shape' : 'assist.test.noShape')}
      </Text>
    </>
  );
}
