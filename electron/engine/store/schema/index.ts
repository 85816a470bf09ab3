export * from './assist.ts';
export * from './contacts.ts';
export * from './deliveries.ts';
export * from './events.ts';
export * from './inbox.ts';
export * from './mailboxes.ts';
export * from './sequences.ts';
export * from './workspace.ts';
