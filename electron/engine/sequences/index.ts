export { chooseVariant, emailSteps, nextEmail, nextStepId, normaliseGraph, type NextEmail } from './graph.ts';
export { createEnrolments, enrolmentRow, isReversible, livingStates, type EnrolmentRow, type Enrolments } from './enrolments.ts';
