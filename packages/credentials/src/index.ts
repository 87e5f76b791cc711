export * from './hub-callers.ts';
export * from './hub-token.ts';
export * from './hub-trust.ts';
export * from './sealing-key.ts';
export * from './token-server.ts';
export { type PeerKeys, watchPeers } from './watch-peers.ts';
export * from './watch-signer.ts';
export * from './watch-tls.ts';
