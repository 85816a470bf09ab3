import type { DeadLetters, Deliveries } from '../delivery/index.ts';
import { os } from './base.ts';

export function deliveriesRouter(deliveries: Deliveries, deadLetters: DeadLetters) {
  return {
    list: os.deliveries.list.handler(({ input }) => deliveries.list(input)),
    get: os.deliveries.get.handler(({ input }) => deliveries.get(input.id)),
    retry: os.deliveries.retry.handler(({ input }) => deliveries.retry(input.id)),
    drop: os.deliveries.drop.handler(({ input }) => deliveries.drop(input.id)),
    text: os.deliveries.text.handler(({ input }) => deadLetters.text(input.id)),
    edit: os.deliveries.edit.handler(({ input: { id, ...edit } }) => deadLetters.edit(id, edit)),
    retryMany: os.deliveries.retryMany.handler(({ input }) => deadLetters.retryMany(input)),
    dropMany: os.deliveries.dropMany.handler(({ input }) => deadLetters.dropMany(input)),
    resolve: os.deliveries.resolve.handler(({ input }) => deliveries.resolve(input.id, input.outcome)),
  };
}
