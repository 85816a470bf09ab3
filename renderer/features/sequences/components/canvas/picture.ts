import type { Edge, Node, NodeHandle } from '@xyflow/react';
import { Position } from '@xyflow/react';
import { edgesOf } from '../../../../../shared/graph.ts';
import type { GraphIssue, SequenceGraph, Step, StepType, VariantNumbers } from '../../../../../shared/schemas/sequence.ts';
import { formatPercent } from '../../../../lib/format.ts';
import { t } from '../../../../lib/messages/index.ts';
import { threadState, variantShare } from '../../model/graph.ts';
import { endId, layoutOf, type Box, type Layout, type Link, type Size } from '../../model/layout.ts';
import { stepName, stepSummary, wayName, type NameOf } from '../../words-of-steps.ts';
import { mailDetail, mailTitle } from '../mail-form.tsx';
import { stepIssue } from '../step-editor.tsx';

/** What the picture says of a step. Plain values, so that a step whose words did not change is not drawn again. */
export interface StepData extends Record<string, unknown> {
  readonly kind: StepType;
  readonly number: number;
  readonly title: string;
  readonly detail: string;
  readonly thread: ReturnType<typeof threadState> | null;
  readonly badges: readonly { readonly text: string; readonly off: boolean; readonly hint: string }[];
  readonly facts: string;
  readonly bad: boolean;
  readonly findings: number;
  readonly open: boolean;
  readonly ways: readonly { readonly id: string; readonly name: string }[];
  /** For screen readers: what it is, and where it leads. */
  readonly label: string;
}

export interface EndData extends Record<string, unknown> {
  readonly from: string;
  readonly edgeId: string;
  readonly label: string;
}

export interface WayData extends Record<string, unknown> {
  readonly name: string;
  /** Whether the step has several ways, so that they need names. */
  readonly named: boolean;
  readonly x: number;
  readonly label: string;
}

export type StepNode = Node<StepData, 'step'>;
export type EndNode = Node<EndData, 'end'>;
export type WayEdge = Edge<WayData, 'way'>;

export interface Picture {
  readonly layout: Layout;
  readonly nodes: (StepNode | EndNode)[];
  readonly edges: WayEdge[];
}

export interface Seen {
  readonly graph: SequenceGraph;
  readonly issues: readonly GraphIssue[];
  readonly numbers: readonly VariantNumbers[];
  readonly nameOf: NameOf;
  readonly open: string | null;
}

/** Everything that the canvas draws. */
export function pictureOf(seen: Seen): Picture {
  const { graph } = seen;
  const mailed = new Set(seen.numbers.map(({ stepId }) => stepId));
  const layout = layoutOf(graph, (step) => sizeOf(step, mailed));
  const byId = new Map(graph.steps.map((step, index) => [step.id, { step, number: index + 1 }]));
  const boxes = new Map(layout.boxes.map((box) => [box.id, box]));
  const nodes = graph.steps.flatMap((step, index) => {
    const ends = edgesOf(graph, step).flatMap(({ id }) => boxes.get(endId(step.id, id)) ?? []);
    const own = boxes.get(step.id);
    return [...(own === undefined ? [] : [stepNode(own, step, index + 1, seen, byId)]), ...ends.map((box) => endNode(box, layout, step, index + 1, seen))];
  });
  return { layout, nodes, edges: layout.links.flatMap((link) => wayEdge(link, byId.get(link.from), seen)) };
}

/** Mails say more than other steps, and still more once they were sent. */
function sizeOf(step: Step, mailed: ReadonlySet<string>): Size {
  if (step.type === 'exit') return { width: 150, height: 40 };
  if (step.type !== 'email') return { width: 240, height: 60 };
  return { width: 264, height: 66 + (hasBadges(step) ? 26 : 0) + (mailed.has(step.id) ? 20 : 0) };
}

function hasBadges(step: Step): boolean {
  return step.type === 'email' && (step.variants.length > 1 || step.review === true);
}

/** Sizes are ours: nothing waits for the browser to measure. */
function measured({ width, height }: Size): { width: number; height: number; measured: Size } {
  return { width, height, measured: { width, height } };
}

const target: NodeHandle = { id: 'into', type: 'target', position: Position.Top, x: 0, y: 0, width: 1, height: 1 };

function handlesOf(box: Size, ways: readonly { readonly id: string }[]): NodeHandle[] {
  const outs = ways.map<NodeHandle>(({ id }, index) => ({
    id,
    type: 'source',
    position: Position.Bottom,
    x: handleX(index, ways.length) * box.width,
    y: box.height,
    width: 1,
    height: 1,
  }));
  return [{ ...target, x: box.width / 2 }, ...outs];
}

/** Where the handle of a way stands on the lower edge of its step, as a share of its width. */
export function handleX(index: number, count: number): number {
  return (index + 1) / (count + 1);
}

function stepNode(box: Box, step: Step, number: number, seen: Seen, byId: ReadonlyMap<string, { step: Step; number: number }>): StepNode {
  const { graph, nameOf } = seen;
  const name = stepName(graph, step);
  const ways = edgesOf(graph, step).map(({ id, to }) => ({ id, to, name: wayName(step, id, nameOf) }));
  const found = seen.issues.filter((issue) => issue.stepId === step.id);
  const title = step.type === 'email' ? mailTitle(graph, step, name) : name;
  const detail = step.type === 'email' ? mailDetail(step) : (stepIssue(found) ?? stepSummary(step, nameOf));
  const facts = factsOf(step, seen.numbers);
  const leads = ways.map(({ to, name: way }) => {
    const at = to === null ? undefined : byId.get(to)?.number;
    const where = at === undefined ? t('canvas.toEnd') : t('canvas.target', { number: at });
    return ways.length === 1 ? t('canvas.leads', { target: where }) : t('canvas.way', { way, target: where });
  });
  const problems = found.length === 0 ? [] : [t('canvas.problems', { count: found.length })];
  const data: StepData = {
    kind: step.type,
    number,
    title,
    detail,
    thread: step.type === 'email' ? threadState(graph, step.id) : null,
    badges: badgesOf(step, seen.numbers),
    facts,
    bad: found.some(({ blocking }) => blocking),
    findings: found.length,
    open: seen.open === step.id,
    ways: ways.map(({ id, name: way }) => ({ id, name: way })),
    label: [t('canvas.step', { number, title }), detail, facts, ...leads, ...problems].flatMap((part) => (part === '' ? [] : part.replace(/\.$/, ''))).join('. '),
  };
  return { id: step.id, type: 'step', position: { x: box.x, y: box.y }, ...measured(box), handles: handlesOf(box, ways), data };
}

function endNode(box: Box, layout: Layout, step: Step, number: number, { graph, nameOf }: Seen): EndNode {
  const edgeId = layout.links.find(({ to }) => to === box.id)?.edgeId ?? 'next';
  const name = t('canvas.step', { number, title: stepName(graph, step) });
  const label = edgesOf(graph, step).length > 1 ? t('canvas.endOfWay', { name, way: wayName(step, edgeId, nameOf) }) : t('canvas.endOf', { name });
  const handles = [{ ...target, x: box.width / 2 }];
  return { id: box.id, type: 'end', position: { x: box.x, y: box.y }, ...measured(box), handles, data: { from: step.id, edgeId, label } };
}

function wayEdge(link: Link, from: { step: Step; number: number } | undefined, { graph, nameOf }: Seen): WayEdge[] {
  if (from === undefined) return [];
  const named = edgesOf(graph, from.step).length > 1 || from.step.type === 'split';
  const way = wayName(from.step, link.edgeId, nameOf);
  const name = t('canvas.step', { number: from.number, title: stepName(graph, from.step) });
  const label = named ? t('canvas.insertOn', { way, name }) : t('canvas.insertBehind', { name });
  return [
    {
      id: `${link.from} ${link.edgeId}`,
      type: 'way',
      source: link.from,
      sourceHandle: link.edgeId,
      target: link.to,
      targetHandle: 'into',
      data: { name: named ? way : '', named, x: link.x, label },
    },
  ];
}

function badgesOf(step: Step, numbers: readonly VariantNumbers[]): StepData['badges'] {
  if (step.type !== 'email') return [];
  const arms = step.variants.length < 2 ? [] : step.variants;
  const badges = arms.map((variant) => {
    const own = numbers.find((one) => one.stepId === step.id && one.variantId === variant.id);
    const share = Math.round(variantShare(step, variant.id));
    return { text: variant.active ? t('canvas.share', { id: variant.id, percent: share }) : t('canvas.off', { id: variant.id }), off: !variant.active, hint: hintOf(own) };
  });
  return step.review === true ? [...badges, { text: t('canvas.review'), off: false, hint: t('steps.reviewHint') }] : badges;
}

function hintOf(own: VariantNumbers | undefined): string {
  if (own === undefined || own.rate === null || own.low === null || own.high === null) return '';
  return t('steps.numbers', { replied: own.replied, mailed: own.mailed, rate: formatPercent(own.rate), low: formatPercent(own.low), high: formatPercent(own.high) });
}

function factsOf(step: Step, numbers: readonly VariantNumbers[]): string {
  const own = numbers.filter(({ stepId }) => stepId === step.id);
  if (own.length === 0) return '';
  const sum = (pick: (one: VariantNumbers) => number) => own.reduce((total, one) => total + pick(one), 0);
  return t('canvas.answered', { replied: sum(({ replied }) => replied), mailed: sum(({ mailed }) => mailed) });
}
