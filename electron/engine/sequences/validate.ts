import { edgesOf, firstEmails, reachable } from '../../../shared/graph.ts';
import { showsPersonalBlock } from '../../../shared/merge-tags.ts';
import type { EmailStep, GraphIssue, SequenceGraph, Step, Variant } from '../../../shared/schemas/sequence.ts';
import type { Composer } from './composer-port.ts';
import { issue, lowerFirst, stepName } from './issue.ts';
import { personalBlockOf } from './personal.ts';
import { checkStep } from './validate-step.ts';

/** What exists beside the sequence; null = not known, so nothing is said about it. */
export interface KnownThings {
  readonly listIds: ReadonlySet<string>;
  readonly segmentIds: ReadonlySet<string>;
  /** Sequences with an active version. */
  readonly activeSequenceIds: ReadonlySet<string>;
  /** Whether a stored file exists. */
  readonly hasFile: (id: string) => boolean;
}

/**
 * What stands against sending by this graph. Blocking issues forbid activation; the others are advice. Pure.
 * `customFields` are the custom fields in use; null = not known.
 */
export function validateGraph(graph: SequenceGraph, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null, known: KnownThings | null = null): GraphIssue[] {
  if (graph.steps.length === 0) return [issue({ code: 'empty', blocking: true, message: 'The sequence has no steps. Add an e-mail.' })];
  const shape = checkShape(graph);
  const issues = [...shape];
  // A walk has no meaning while ids or edges are wrong.
  const walkable = shape.every(({ blocking }) => !blocking);
  const first = walkable ? firstEmails(graph) : new Set<string>();
  if (!graph.steps.some((step) => step.type === 'email')) issues.push(issue({ code: 'no_email', blocking: true, message: 'The sequence has no e-mail. Add one.' }));
  else if (walkable && first.size === 0) issues.push(issue({ code: 'no_email', blocking: true, message: 'No way from the first step ever comes to an e-mail.' }));
  for (const step of graph.steps) {
    if (step.type === 'email') issues.push(...checkEmail(step, first.has(step.id), composer, customFields), ...checkAttachments(step, composer, customFields, known));
    else issues.push(...checkStep(step, graph, known));
  }
  return issues;
}

function checkShape(graph: SequenceGraph): GraphIssue[] {
  const issues: GraphIssue[] = [];
  const byId = new Map<string, Step>();
  for (const step of graph.steps) {
    if (byId.has(step.id)) issues.push(issue({ stepId: step.id, code: 'duplicate_id', blocking: true, message: `Two steps have the id “${step.id}”. Each step needs its own.` }));
    else byId.set(step.id, step);
  }
  for (const step of graph.steps) {
    for (const { id, to } of edgesOf(graph, step)) {
      if (to !== null && !byId.has(to))
        issues.push(issue({ stepId: step.id, field: id, code: 'dangling_next', blocking: true, message: `${stepName(graph, step)} leads to “${to}”, which does not exist.` }));
    }
  }
  const loop = findLoop(graph, byId);
  if (loop !== null) {
    const [from, to] = loop;
    const message = `${stepName(graph, from)} leads back to ${from === to ? 'itself' : lowerFirst(stepName(graph, to))}: people would go round for ever. Lead it to a later step or to the end.`;
    issues.push(issue({ stepId: to.id, field: 'next', code: 'loop', blocking: true, message }));
  }
  const reached = reachable(graph);
  for (const [id, step] of byId) {
    if (!reached.has(id))
      issues.push(issue({ stepId: id, code: 'unreachable', blocking: false, message: `No way leads to ${lowerFirst(stepName(graph, step))}: it is never run.` }));
  }
  return issues;
}

/** The first edge found that leads back to a step on the way to it. Depth first, without recursion: a graph may be long. */
function findLoop(graph: SequenceGraph, byId: ReadonlyMap<string, Step>): [Step, Step] | null {
  const done = new Set<string>();
  const onTheWay = new Set<string>();
  const start = graph.steps[0];
  const stack: { step: Step; ways: (string | null)[] }[] = [];
  const enter = (step: Step) => {
    onTheWay.add(step.id);
    stack.push({ step, ways: edgesOf(graph, step).map(({ to }) => to) });
  };
  if (start !== undefined) enter(start);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = top.ways.shift();
    if (to === undefined) {
      stack.pop();
      onTheWay.delete(top.step.id);
      done.add(top.step.id);
      continue;
    }
    const target = to === null ? undefined : byId.get(to);
    if (target === undefined || done.has(target.id)) continue;
    if (onTheWay.has(target.id)) return [top.step, target];
    enter(target);
  }
  return null;
}

function checkEmail(step: EmailStep, isFirst: boolean, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null): GraphIssue[] {
  const issues: GraphIssue[] = [];
  const original = step.variants[0];
  if (!step.variants.some(({ active, weight }) => active && weight > 0)) {
    issues.push(
      issue({
        stepId: step.id,
        field: 'variants',
        code: 'no_active_variant',
        blocking: true,
        message: 'No variant is active with a weight above zero, so there is nothing to send.',
      }),
    );
  }
  const seen = new Set<string>();
  for (const variant of step.variants) {
    const place = { stepId: step.id, variantId: variant.id };
    if (seen.has(variant.id)) issues.push(issue({ ...place, code: 'duplicate_variant', blocking: true, message: `Two variants are called “${variant.id}”.` }));
    seen.add(variant.id);
    // An inactive arm is kept for its history; its text no longer matters.
    if (!variant.active) continue;
    if (isFirst && blank(variant.subject) && blank(original?.subject ?? '')) {
      issues.push(issue({ ...place, field: 'subject', code: 'no_subject', blocking: true, message: 'The first e-mail needs a subject: there is no mail before it to answer.' }));
    }
    if (blank(bodyOf(variant)) && (original === undefined || blank(bodyOf(original)))) {
      issues.push(issue({ ...place, field: 'html', code: 'empty_body', blocking: true, message: 'This e-mail has no text.' }));
    }
    issues.push(...checkTexts(variant, composer, customFields).map((found) => ({ ...found, ...place })));
    if (step.personal === undefined && showsPersonalBlock(variant))
      issues.push(
        issue({
          ...place,
          code: 'no_personal_block',
          blocking: true,
          message: 'The text shows a personal block, and the mail has none. Add it below the text, or remove its tag.',
        }),
      );
    const open = placeholder.exec(`${variant.subject}\n${variant.text}\n${variant.html.replace(/<[^>]*>/g, ' ')}`)?.[0];
    if (open !== undefined) issues.push(issue({ ...place, code: 'placeholder', blocking: false, message: `“${open}” looks like a place to fill in.` }));
  }
  return [...issues, ...checkPersonalBlock(step, composer, customFields)];
}

/** A block without its own text would hold everybody for whom nothing is approved. */
function checkPersonalBlock(step: EmailStep, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null): GraphIssue[] {
  const { personal } = step;
  if (personal === undefined) return [];
  const place = { stepId: step.id, field: 'personal' };
  if (!step.variants.some(({ active, id }) => active && personalBlockOf(step, id) !== null))
    return [issue({ ...place, code: 'unused_personal_block', blocking: false, message: 'No text shows the personal block. Put {{ personal.block }} where it belongs.' })];
  if (blank(personal.fallback))
    return [issue({ ...place, code: 'no_fallback', blocking: true, message: 'Write the fallback text of the personal block: it leaves where nothing was approved.' })];
  return composer.check(personal.fallback, 'text', customFields).map(({ code, blocking, message }) => issue({ ...place, code, blocking, message: `Fallback text: ${message}` }));
}

/** A file that is gone, or a path that is no template, would hold everybody. */
function checkAttachments(step: EmailStep, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null, known: KnownThings | null): GraphIssue[] {
  const place = { stepId: step.id, field: 'attachments' };
  return (step.attachments ?? []).flatMap((attachment) => {
    if (attachment.kind === 'path' && blank(attachment.path))
      return [issue({ ...place, code: 'empty_path', blocking: true, message: 'Write the path of each person’s file, or remove it.' })];
    if (attachment.kind === 'path') return composer.check(attachment.path, 'text', customFields).map(({ code, blocking, message }) => issue({ ...place, code, blocking, message }));
    return known === null || known.hasFile(attachment.fileId)
      ? []
      : [issue({ ...place, code: 'missing_file', blocking: true, message: 'An attached file is gone. Remove it, or attach it again.' })];
  });
}

/** Findings in subject, HTML and text of a variant. */
export function checkTexts(variant: Pick<Variant, 'subject' | 'html' | 'text'>, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null): GraphIssue[] {
  return (['subject', 'html', 'text'] as const).flatMap((field) =>
    composer
      .check(variant[field], field === 'html' ? 'html' : 'text', customFields)
      .map(({ code, blocking, message, line, column }) =>
        issue({ field, code, blocking, message: code === 'template_error' && line !== null ? `${message} (line ${line}, column ${String(column)})` : message }),
      ),
  );
}

/** `[what you offer]`, as the sample sequences mark what is left to write. */
const placeholder = /\[[A-Za-z][^\][\n]* [^\][\n]*\](?!\()/;

function blank(text: string): boolean {
  return text.trim() === '';
}

/** The visible text of a variant, roughly: an editor's empty paragraph is no text. */
function bodyOf(variant: Variant): string {
  return variant.text + variant.html.replace(/<(?!img\b)[^>]*>|&nbsp;/gi, '');
}
