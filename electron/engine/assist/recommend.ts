import table from '../../../resources/assist-models.json' with { type: 'json' };
import type { Model, Recommendation } from '../../../shared/schemas/assist.ts';

const gigabyte = 1024 ** 3;

/** The models that suit a computer with so much memory, the best of them first named. Memory is told a little short of what is sold. Pure. */
export function recommendModels(memoryBytes: number): Recommendation {
  const memoryGigabytes = Math.round((memoryBytes / gigabyte) * 10) / 10;
  const models = table.models.map((model) => ({ ...model, fits: model.memoryGigabytes <= memoryGigabytes * 1.07 }));
  const best = models.findLast((model) => model.fits);
  return { memoryGigabytes, best: best === undefined ? null : withoutFit(best), models };
}

function withoutFit({ fits: _, ...model }: Recommendation['models'][number]): NonNullable<Recommendation['best']> {
  return model;
}

/** Of the models that a host has, the one to write with: the largest that is recommended for this memory, else the first that can chat. Null = none can. Pure. */
export function pickModel(models: readonly Model[], memoryBytes: number): string | null {
  const chatting = models.filter(({ name, capabilities }) => (capabilities.length === 0 ? !/embed|bge|minilm/i.test(name) : capabilities.includes('completion')));
  const fitting = recommendModels(memoryBytes)
    .models.filter(({ fits }) => fits)
    .map(({ name }) => name)
    .toReversed();
  const known = fitting.map((name) => chatting.find((model) => model.name === name || model.name === `${name}:latest`)).find((model) => model !== undefined);
  return known?.name ?? chatting[0]?.name ?? null;
}
