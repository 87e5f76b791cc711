import { type CommandEntry, FOLDER_OPTION } from '@payment-manager/payment-manager';

/** What the sandbox's hub operator does at the scheme's Connection Manager. */
export const hubCommand: CommandEntry = {
  name: 'hub',
  arguments: '[verb] [arguments...]',
  summary: 'the hub’s people at the sandbox’s Connection Manager: sign, reject, rotate the CA, peers, faults',
  description:
    'Lists what the sandbox’s Connection Manager knows: `dfsps` (default), `enrolments`. `sign|reject|lose ENROLMENT` and `auto-sign on|off`; `rotate-ca`: a new hub CA, and when all connected DFSPs have a certificate of it, one for the hub itself; then `retire-ca`. `register|onboard|request FSP`; `add-peer|remove-peer|rotate-peer-jws|remove-jws FSP`: peers whose messages nobody signs; `serve`: a new server certificate; `revoke-tokens`; `set tokenSeconds=60` and its like. `break FAULT` and `mend`: an HTTP status (401, 503), garbage, empty, silence, slow, reset, execute-then-reset, not-a-list, holes, no-hub-ca, database-down, or what is wrong with the next certificate: wrong-key, wrong-ca, expired, not-yet-valid, server-only, invalid. Settings and faults end with the sandbox.',
  options: [
    { flags: '--url <url>', description: 'operator’s API of the Connection Manager (default: that of the running sandbox)' },
    { flags: '--flaw <flaw>', description: 'for sign: what is wrong with the certificate' },
    { flags: '--reason <text>', description: 'for reject: why' },
    {
      flags: '--operation <operation>',
      description: 'for break: only this, such as "GET /hub/ca" or "POST /token" (default: all but token and health)',
    },
    { flags: '--fsp <fspId>', description: 'for break: only for this DFSP' },
    { flags: '--count <number>', description: 'for break: how many times (default: until it is mended)' },
    { flags: '--wait <seconds>', description: 'for rotate-ca: until all have a certificate of the new CA (default: 60)' },
    { flags: '--json', description: 'for dfsps and enrolments: JSON instead of a table' },
    FOLDER_OPTION,
  ],
  example: './pm hub break 503 --count 3',
  load: async () => (await import('./hub.ts')).hub,
};
