export * from './kept-test.ts';
export * from './look-up.ts';
export * from './outbound-client.ts';
export * from './readiness-passed.ts';
export * from './readiness-test.ts';
export * from './test-payment.ts';
