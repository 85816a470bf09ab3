import type { Reviews } from '../campaigns/index.ts';
import { os } from './base.ts';

export function reviewsRouter(reviews: Reviews) {
  return {
    list: os.reviews.list.handler(({ input }) => reviews.list(input)),
    approve: os.reviews.approve.handler(({ input }) => reviews.approve(input.id, input.hash)),
    approveAll: os.reviews.approveAll.handler(({ input }) => reviews.approveAll(input)),
    edit: os.reviews.edit.handler(({ input }) => reviews.edit(input.id, input.text)),
    regenerate: os.reviews.regenerate.handler(({ input, signal }) => reviews.regenerate(input.id, signal)),
    useFallback: os.reviews.useFallback.handler(({ input }) => reviews.useFallback(input.id)),
    writing: os.reviews.writing.handler(() => reviews.writing()),
    write: os.reviews.write.handler(({ input }) => reviews.write(input)),
    cancel: os.reviews.cancel.handler(() => reviews.cancel()),
  };
}
