import { asProcess } from './process.ts';

await asProcess(async () => (await import('./command-list.ts')).productCommands);
