import { asProcess } from '@payment-manager/payment-manager/process';

await asProcess(async () => (await import('./command-list.ts')).allCommands);
