import type { CommandEntry } from '../commands.ts';
import { folderOption } from '../usual-options.ts';

/** What the sandbox's hub operator does at the scheme's Connection Manager. */
export const hubCommand: CommandEntry = {
  name: 'hub',
  arguments: '[verb] [arguments...]',
  summary: 'the hub’s people at the sandbox’s Connection Manager: sign, reject, rotate the CA, peers, faults',
  description:
    'Lists what the sandbox’s Connection Manager knows of its DFSPs. `register|onboard|request|remove|add-peer|remove-jws FSP`; `sign|reject|lose FSP ENROLMENT`; `rotate-ca`, `serve`, `retire-ca`: a new hub CA, step by step; `revoke-tokens`; `set autoSign=false` and its like; `break FAULT` and `mend`: an HTTP status (401, 503), garbage, empty, silence, slow, reset, execute-then-reset, not-a-list, holes, no-hub-ca, database-down, or what is wrong with the next certificate: wrong-key, wrong-ca, expired, not-yet-valid, server-only, invalid.',
  options: [
    { flags: '--url <url>', description: 'operator’s API of the Connection Manager (default: that of the running sandbox)' },
    { flags: '--flaw <flaw>', description: 'for sign: what is wrong with the certificate' },
    { flags: '--reason <text>', description: 'for reject: why' },
    {
      flags: '--operation <operation>',
      description: 'for break: only this, such as "GET /hub/ca" or "POST /token" (default: all but token and health)',
    },
    { flags: '--fsp <fspId>', description: 'for break: only for this DFSP' },
    { flags: '--count <number>', description: 'for break: so many times (default: until it is mended)' },
    folderOption,
  ],
  example: './pm hub break 503 --count 3',
  load: async () => (await import('./hub.ts')).hub,
};
