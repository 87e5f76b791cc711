import { CommandFailed, EXIT_CODES } from '@payment-manager/payment-manager';

/** A core that is not of the sandbox, in place of a demo core; members as in the configuration's `core`. */
export interface OwnCore {
  readonly baseUrl: string;
  readonly atPrepare: 'reserve' | 'credit';
  readonly transferRepeatable: boolean;
  readonly transferAskable: boolean;
}

const ABILITIES = ['reserve', 'credit', 'repeatable', 'askable'];

/**
 * Reads `greenbank=http://127.0.0.1:4100,reserve,askable`, by FSP id. What is not said, the core cannot do.
 *
 * @throws CommandFailed (64) saying what is wrong
 */
export function readOwnCores(given: unknown, fspIds: readonly string[]): ReadonlyMap<string, OwnCore> {
  const cores = new Map<string, OwnCore>();
  for (const text of Array.isArray(given) ? (given as string[]) : []) {
    const [, fspId = '', url = '', rest = ''] = /^([^=]*)=([^,]*)(.*)$/.exec(text) ?? [];
    const can = rest.split(',').slice(1);
    if (fspId === '') throw wrong(text, 'expected the DFSP, =, and the address');
    if (!fspIds.includes(fspId)) throw wrong(text, `unknown DFSP '${fspId}'; the DFSPs are ${fspIds.join(', ')}`);
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) throw wrong(text, `'${url}' is not an http address`);
    const unknown = can.find((one) => !ABILITIES.includes(one));
    if (unknown !== undefined) throw wrong(text, `'${unknown}' is not one of ${ABILITIES.join(', ')}`);
    cores.set(fspId, {
      baseUrl: url.replace(/\/+$/, ''),
      atPrepare: can.includes('reserve') ? 'reserve' : 'credit',
      transferRepeatable: can.includes('repeatable'),
      transferAskable: can.includes('askable'),
    });
  }
  return cores;
}

function wrong(text: string, why: string): CommandFailed {
  return new CommandFailed(
    EXIT_CODES.usage,
    `--core ${text}: ${why}. Example: --core greenbank=http://127.0.0.1:4100,reserve,repeatable,askable`,
  );
}
