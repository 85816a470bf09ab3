export { classifyAnswer, classifyDiagnostic, type AnswerAction, type AnswerVerdict } from './answers.ts';
export { createDeliveries, type Deliveries, type DeliveryQuery, type QueuedMessage } from './deliveries.ts';
export { createOutbox, type Evidence, type Outbox, type OutboxRow } from './outbox.ts';
export { createMessageIdLearner, type LearntMessageId } from './message-ids.ts';
export { createReconciler, sentGraceMs, type Reconciler } from './reconcile.ts';
export { createSender, type Attempt, type ClaimedDelivery, type Sender, type SenderProfile } from './sender.ts';
export { createWriteBatch, type WriteBatch } from './write-batch.ts';
export { createMailboxTrouble, type MailboxTrouble } from './mailbox-trouble.ts';
export { createTestSend, type TestSendInput } from './test-send.ts';
