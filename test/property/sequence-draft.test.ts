import fc from 'fast-check';
import { expect, test } from 'vitest';
import copyWords from '../../resources/copy-words.json' with { type: 'json' };
import { draftSequence } from '../../electron/engine/assist/index.ts';
import { lintCopy } from '../../shared/copy-lint.ts';
import { draftLanguages, draftTones, sequenceBriefSchema, type SequenceDraft } from '../../shared/schemas/sequence-draft.ts';
import { graphSchema } from '../../shared/schemas/sequence.ts';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { validateGraph } from '../../electron/engine/sequences/index.ts';

const composer = createComposer();
const words = fc.oneof(fc.string({ maxLength: 80 }), fc.constantFrom('{{ x }}', '{a|b}', '{% if %}', 'Timetables for 12 harbours', '[here]', '}} }', '{', 'Ünïcode – ja'));
const brief = fc
  .record({
    offer: words,
    audience: words,
    goal: words,
    facts: fc.array(words, { maxLength: 8 }).map((lines) => lines.join('\n')),
    tone: fc.constantFrom(...draftTones),
    language: fc.constantFrom(...draftLanguages),
    mails: fc.integer({ min: 1, max: 7 }),
  })
  .filter((value) => sequenceBriefSchema.safeParse(value).success)
  .map((value) => sequenceBriefSchema.parse(value));

async function drafted(value: ReturnType<typeof sequenceBriefSchema.parse>): Promise<SequenceDraft> {
  for await (const part of draftSequence(() => Promise.resolve({ kind: 'none', reason: 'no_provider', tried: [] }), value)) if (part.kind === 'done') return part.value;
  throw new Error('no draft');
}

test('whatever the brief says, the rules make a sequence that could be activated, with as many mails as were asked for', async () => {
  await fc.assert(
    fc.asyncProperty(brief, async (value) => {
      const { graph, source, note } = await drafted(value);
      expect([source, note]).toEqual(['rules', 'no_model']);
      expect(graphSchema.safeParse(graph).success).toBe(true);
      const mails = graph.steps.filter((step) => step.type === 'email');
      expect(mails).toHaveLength(value.mails);
      const issues = validateGraph(graph, composer, []);
      expect(issues.filter(({ blocking }) => blocking)).toEqual([]);
      for (const { variants } of mails)
        for (const { subject, text } of variants) {
          const codes = lintCopy({ subject, html: '', text, isFirst: true }, { customFields: [], hasOptOutLine: true, words: copyWords }).map(({ code }) => code);
          for (const code of ['broken_tag', 'unknown_tag', 'spin_open', 'spin_close', 'spin_empty', 'spin_crossed']) expect(codes, text).not.toContain(code);
        }
    }),
    { numRuns: 200 },
  );
});
