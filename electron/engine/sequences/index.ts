export { chooseVariant, emailSteps, nextEmail, nextStepId, normaliseGraph, type NextEmail } from './graph.ts';
export { createEnrolments, enrolmentRow, isReversible, livingStates, type EnrolmentRow, type Enrolments } from './enrolments.ts';
export { createSequences, type Sequences } from './sequences.ts';
export { createTemplates, type Templates } from './templates.ts';
export { validateGraph } from './validate.ts';
