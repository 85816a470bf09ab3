import type { Deliveries } from '../delivery/index.ts';
import { os } from './base.ts';

export function deliveriesRouter(deliveries: Deliveries) {
  return {
    list: os.deliveries.list.handler(({ input }) => deliveries.list(input)),
    get: os.deliveries.get.handler(({ input }) => deliveries.get(input.id)),
    retry: os.deliveries.retry.handler(({ input }) => deliveries.retry(input.id)),
    drop: os.deliveries.drop.handler(({ input }) => deliveries.drop(input.id)),
    resolve: os.deliveries.resolve.handler(({ input }) => deliveries.resolve(input.id, input.outcome)),
  };
}
