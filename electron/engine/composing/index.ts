export type { TemplateFinding } from './check.ts';
export { createComposer, type Composed, type ComposeField, type ComposeInput, type ComposeProblem, type Composer, type ComposeSender, type MailContent } from './composer.ts';
export { namedImages } from './inline-images.ts';
export type { TemplateMode } from './liquid.ts';
export { htmlOfText, textOfHtml } from './html-text.ts';
export type { MergeContact, MergeSender } from './merge-data.ts';
export { renderLiquid, TemplateError } from './template.ts';
export { referencesOf, threadSubject, type Thread } from './thread.ts';
export { newMessageId, readUnsubscribeToken, unsubscribeAddress, unsubscribeToken } from './unsubscribe.ts';
