import type { Assist } from '../assist/index.ts';
import { os } from './base.ts';

export function assistRouter(assist: Assist) {
  const { providers, pulls } = assist;
  return {
    providers: os.assist.providers.handler(() => ({ items: providers.list() })),
    createProvider: os.assist.createProvider.handler(({ input }) => providers.create(input)),
    updateProvider: os.assist.updateProvider.handler(({ input: { id, ...patch } }) => providers.update(id, patch)),
    removeProvider: os.assist.removeProvider.handler(({ input }) => providers.remove(input.id)),
    orderProviders: os.assist.orderProviders.handler(({ input }) => ({ items: providers.reorder(input.ids) })),
    consent: os.assist.consent.handler(({ input }) => providers.consent(input.id, input.url, input.agreed)),
    checkProvider: os.assist.checkProvider.handler(({ input, signal }) => providers.check(input.id, signal)),
    testProvider: os.assist.testProvider.handler(({ input, signal }) => providers.speed(input.id, input.model, signal)),
    models: os.assist.models.handler(async ({ input, signal }) => ({ items: await assist.models(input.id, signal) })),
    removeModel: os.assist.removeModel.handler(async ({ input, signal }) => ({ items: await assist.removeModel(input.id, input.model, signal) })),
    pull: os.assist.pull.handler(({ input }) => assist.pulls.start(input.id, input.model)),
    pulls: os.assist.pulls.handler(() => ({ items: pulls.list() })),
    cancelPull: os.assist.cancelPull.handler(({ input }) => pulls.cancel(input.id)),
    recommendation: os.assist.recommendation.handler(() => assist.recommendation()),
    rewrite: os.assist.rewrite.handler(({ input, signal }) => assist.rewrite(input, signal)),
    subjectIdeas: os.assist.subjectIdeas.handler(({ input, signal }) => assist.subjectIdeas(input, signal)),
    draftSequence: os.assist.draftSequence.handler(({ input, signal }) => assist.draftSequence(input, signal)),
    usage: os.assist.usage.handler(({ input }) => assist.usage(input.days)),
    clearCache: os.assist.clearCache.handler(() => {
      assist.clearCache();
      return { cleared: true as const };
    }),
  };
}
