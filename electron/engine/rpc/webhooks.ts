import { AppError } from '../../../shared/errors.ts';
import type { Webhooks } from '../webhooks/index.ts';
import { os } from './base.ts';

export function webhooksRouter(webhooks: Webhooks) {
  return {
    failed: os.webhooks.failed.handler(() => ({ items: webhooks.failed() })),
    retry: os.webhooks.retry.handler(({ input }) => {
      if (!webhooks.retry(input.id)) throw new AppError('not_found', 'There is no such call that was given up.');
      return { id: input.id };
    }),
  };
}
