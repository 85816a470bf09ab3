import type { Delivery } from '../../../shared/schemas/delivery.ts';
import { t } from '../../lib/messages/index.ts';
import { reasonWords } from '../../lib/reasons.ts';

/** What came of a delivery that is over, in a line. */
export function outcomeWords(delivery: Delivery): string {
  if (delivery.finalReason) return reasonWords(delivery.finalReason);
  if (delivery.state === 'sent') return t('activity.sentAnswer');
  if (delivery.answerClass) return t(`answer.${delivery.answerClass}`);
  return delivery.answer ?? '';
}
