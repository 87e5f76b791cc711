export * from './alarm-counts.ts';
export * from './alarm-gauge.ts';
export * from './answer-watch.ts';
export * from './certificate-alarms.ts';
export * from './exception-gauge.ts';
export * from './journal-alarm.ts';
export * from './measurements.ts';
export * from './rate-alarms.ts';
