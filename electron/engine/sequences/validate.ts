import type { EmailStep, GraphIssue, SequenceGraph, Step, Variant, WaitStep } from '../../../shared/schemas/sequence.ts';
import type { Composer } from './composer-port.ts';
import { emailSteps, nextStepId } from './graph.ts';

type NewIssue = Omit<GraphIssue, 'stepId' | 'variantId' | 'field'> & Partial<Pick<GraphIssue, 'stepId' | 'variantId' | 'field'>>;

function issue(input: NewIssue): GraphIssue {
  return { stepId: null, variantId: null, field: null, ...input };
}

/**
 * What stands against sending by this graph. Blocking issues forbid activation; the others are advice. Pure.
 * `customFields` are the custom fields in use; null = not known.
 */
export function validateGraph(graph: SequenceGraph, composer: Pick<Composer, 'check'>, customFields: readonly string[] | null): GraphIssue[] {
  if (graph.steps.length === 0) return [issue({ code: 'empty', blocking: true, message: 'The sequence has no steps. Add an e-mail.' })];
  const shape = checkShape(graph);
  const issues = [...shape];
  // A walk has no meaning while ids or edges are wrong.
  const order = shape.some(({ blocking }) => blocking) ? [] : emailSteps(graph);
  if (!graph.steps.some((step) => step.type === 'email')) issues.push(issue({ code: 'no_email', blocking: true, message: 'The sequence has no e-mail. Add one.' }));
  else if (shape.every(({ blocking }) => !blocking) && order.length === 0)
    issues.push(issue({ code: 'no_email', blocking: true, message: 'The way from the first step never comes to an e-mail.' }));
  for (const step of graph.steps) {
    if (step.type === 'wait') issues.push(...checkWait(step, graph));
    if (step.type === 'email') issues.push(...checkEmail(step, order[0]?.id === step.id, composer, customFields));
  }
  return issues;
}

function checkShape(graph: SequenceGraph): GraphIssue[] {
  const issues: GraphIssue[] = [];
  const byId = new Map<string, Step>();
  for (const step of graph.steps) {
    if (byId.has(step.id)) issues.push(issue({ stepId: step.id, code: 'duplicate_id', blocking: true, message: `Two steps have the id “${step.id}”. Each step needs its own.` }));
    byId.set(step.id, step);
  }
  for (const step of graph.steps) {
    const next = nextStepId(graph, step);
    if (next !== null && !byId.has(next))
      issues.push(issue({ stepId: step.id, field: 'next', code: 'dangling_next', blocking: true, message: `This step leads to “${next}”, which does not exist.` }));
  }
  const visited = new Set<string>();
  let step = graph.steps[0];
  while (step !== undefined) {
    if (visited.has(step.id)) {
      issues.push(issue({ stepId: step.id, field: 'next', code: 'loop', blocking: true, message: 'The steps lead back to this one: people would go round for ever.' }));
      break;
    }
    visited.add(step.id);
    const next = nextStepId(graph, step);
    step = next === null ? undefined : byId.get(next);
  }
  for (const id of byId.keys()) {
    if (!visited.has(id)) issues.push(issue({ stepId: id, code: 'unreachable', blocking: false, message: 'No way leads to this step: it is never run.' }));
  }
  return issues;
}

function checkWait(step: WaitStep, graph: SequenceGraph): GraphIssue[] {
  const issues: GraphIssue[] = [];
  if (!/[1-9]/.test(step.duration))
    issues.push(
      issue({ stepId: step.id, field: 'duration', code: 'zero_wait', blocking: true, message: 'This wait lasts no time. Give it a duration such as P3D, or remove it.' }),
    );
  if (step.businessDays && !/^P(\d+W)?(\d+D)?$/.test(step.duration))
    issues.push(issue({ stepId: step.id, field: 'duration', code: 'business_days', blocking: true, message: 'Business days need whole days, for example P3D.' }));
  if (nextStepId(graph, step) === null) issues.push(issue({ stepId: step.id, code: 'wait_at_end', blocking: false, message: 'Nothing follows this wait.' }));
  return issues;
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
    const open = placeholder.exec(`${variant.subject}\n${variant.text}\n${variant.html.replace(/<[^>]*>/g, ' ')}`)?.[0];
    if (open !== undefined) issues.push(issue({ ...place, code: 'placeholder', blocking: false, message: `“${open}” looks like a place to fill in.` }));
  }
  return issues;
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
