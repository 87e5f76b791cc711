export { fileStore } from './file-store.ts';
export type { Erased, Stored, Unreadable, Wanted } from './find.ts';
export { MessagesUnreadable } from './frame.ts';
export { dayOf, type FrameStore, firstKept } from './frame-store.ts';
export { type Answer, BODY_BYTES_MAX, claimedId, type KeptMessage, type Message, type MessageLog } from './message.ts';
export { type Found, type Messages, type OpenMessagesOptions, openMessages, readMessages } from './open-messages.ts';
export { MESSAGES_MIGRATIONS, postgresStore } from './postgres-store.ts';
