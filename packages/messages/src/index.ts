export { fileStore } from './file-store.ts';
export type { Erased, Wanted } from './find.ts';
export { MessagesUnreadable } from './frame.ts';
export { dayOf, type FrameStore, firstKept } from './frame-store.ts';
export * from './message.ts';
export { type Messages, type OpenMessagesOptions, openMessages, readMessages } from './open-messages.ts';
export { MESSAGES_MIGRATIONS, postgresStore } from './postgres-store.ts';
