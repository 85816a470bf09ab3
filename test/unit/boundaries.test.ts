import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[]; options: object };
const areas = config.forbidden.filter((rule) => rule.name.startsWith('engine-order-'));

/** Where each rule must bite: a file of test/fixtures/boundaries that breaks it. */
const examples: Record<string, string> = {
  'no-circular': 'electron/engine/workspace/circle-a.ts',
  'no-orphans': 'electron/engine/workspace/orphan.ts',
  'not-resolvable': 'electron/engine/workspace/nowhere.ts',
  'no-dev-dependency': 'electron/engine/workspace/uses-dev-dependency.ts',
  'shared-is-pure': 'shared/uses-engine.ts',
  'shared-no-node': 'shared/uses-node.ts',
  'shared-packages': 'shared/uses-package.ts',
  'renderer-only-shared': 'renderer/uses-engine.ts',
  'renderer-no-node': 'renderer/uses-node.ts',
  'renderer-no-server-packages': 'renderer/uses-server-package.ts',
  'electron-only-in-shell': 'electron/engine/workspace/uses-electron.ts',
  'preload-is-alone': 'electron/preload/preload.ts',
  'engine-below-hosts': 'electron/engine/workspace/uses-server.ts',
  'server-through-rpc': 'electron/server/uses-area.ts',
  'hosts-through-the-door': 'electron/main/main.ts',
  'hosts-through-server-index': 'electron/main/main.ts',
  'headless-without-shell': 'electron/headless/uses-shell.ts',
  'shell-without-headless': 'electron/main/main.ts',
  'areas-through-index': 'electron/engine/inbox/reaches-in.ts',
  'areas-below-engine': 'electron/engine/workspace/composes.ts',
  'rpc-without-store': 'electron/engine/rpc/query.ts',
  'feature-order': 'renderer/features/contacts/uses-feature.ts',
  'tests-stay-outside': 'electron/engine/workspace/uses-test.ts',
  ...Object.fromEntries(areas.map(({ name }) => [name, `electron/engine/${name.replace('engine-order-', '')}/index.ts`])),
};

describe('import boundaries', () => {
  let violations: { rule: string; from: string }[];

  beforeAll(async () => {
    const result = await cruise(['electron', 'renderer', 'shared', 'test'], {
      ...config.options,
      ruleSet: { forbidden: config.forbidden },
      validate: true,
      baseDir: join(root, 'test/fixtures/boundaries'),
    } as never);
    violations = (result.output as ICruiseResult).summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  }, 60_000);

  test.each(config.forbidden.map((rule) => rule.name))('%s bites its example', (name) => {
    expect(examples).toHaveProperty([name]);
    expect(violations).toContainEqual({ rule: name, from: examples[name] });
  });

  test('the order of the areas is the one that CONTRIBUTING.md states', async () => {
    const { readFile } = await import('node:fs/promises');
    const stated = /Order, lowest first: `([^`]+)`/.exec(await readFile(join(root, 'CONTRIBUTING.md'), 'utf8'))?.[1]?.split(', ');
    expect(areas.map(({ name }) => name.replace('engine-order-', ''))).toEqual(stated?.slice(0, -1));
  });
});
