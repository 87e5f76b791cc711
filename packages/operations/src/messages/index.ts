export * from './shown-message.ts';
export * from './verify-messages.ts';
