export { emailSteps, firstEmails, likelyMails, nextStepId, normaliseGraph, reachableEmails, type MailOnTheWay } from '../../../shared/graph.ts';
export { chooseVariant, drawArm, leadToMail } from './graph.ts';
export { caseOf, holds, waitsForNothing, type Facts } from './facts.ts';
export { createEnrolments, enrolmentRow, isReversible, livingStates, type EnrolmentRow, type Enrolments } from './enrolments.ts';
export { placeInVersion } from './place.ts';
export { diffGraphs } from './diff.ts';
export { createSequences, type Sequences } from './sequences.ts';
export { createTemplates, type Templates } from './templates.ts';
export { validateGraph } from './validate.ts';
