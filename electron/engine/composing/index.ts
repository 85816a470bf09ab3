export { createComposer, type Composed, type ComposeField, type ComposeInput, type ComposeProblem, type Composer, type ComposeSender } from './composer.ts';
export { htmlOfText, textOfHtml } from './html-text.ts';
export type { MergeContact, MergeSender } from './merge-data.ts';
export type { Thread } from './thread.ts';
export { newMessageId, readUnsubscribeToken, unsubscribeAddress } from './unsubscribe.ts';
