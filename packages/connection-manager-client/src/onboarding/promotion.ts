import { type ConfigKey, isSecretName, type Tree, valueAt } from '@payment-manager/configuration';

/**
 * What becomes of a key when an environment is the model of another. `copied`: the model says it, the other does not yet. `kept`: the
 * other says it, and keeps it. `anew`: the model says it, and the other must say its own.
 */
export type Verdict = 'copied' | 'kept' | 'anew';

/** One key that two environments do not have in common. */
export interface Difference {
  readonly key: ConfigKey;
  readonly from: unknown;
  readonly to: unknown;
  readonly verdict: Verdict;
}

/**
 * Groups in which what was tried in one environment holds in another. Everything else belongs to an environment: where it is, who we
 * are there, what proves it, and which checks a sandbox has lifted. A new group is not copied until it is put here.
 */
const TRANSFERABLE: readonly string[] = [
  'versions',
  'ilpVersion',
  'acceptance',
  'timeouts',
  'lifetimes',
  'ladder',
  'deduplication',
  'extraCurrencies',
  'limits',
  'log',
  'files',
  'shutdown',
  'inbound',
  'outbound',
  'operations',
  'hub',
  'core',
];
/** `texts` are what a connector asks for: addresses of the bank among them. */
const PLACE_KINDS: readonly (string | undefined)[] = ['path', 'paths', 'texts', 'URL', 'URL with {date}', 'FSP id', 'environment'];
const PLACE_NAMES: readonly (string | undefined)[] = ['host', 'port', 'hostNames', 'allowedHosts'];
const LIFTED_CHECKS: readonly (string | undefined)[] = ['tlsEndedBy', 'openToNetwork', 'openToOthers'];

/** Whether a key may be copied from one environment to another. */
export function mayBeCopied({ path, segments, schema }: ConfigKey): boolean {
  if (!TRANSFERABLE.includes(segments[0] ?? '') || segments.includes('tls')) return false;
  return !PLACE_KINDS.includes(schema.kind) && !isOfPlace(segments.at(-1)) && !isSecretName(path);
}

function isOfPlace(name: string | undefined): boolean {
  return PLACE_NAMES.includes(name) || LIFTED_CHECKS.includes(name);
}

/** In what two environments differ, as the file has them, in the order of the reference. */
export function differencesOf(keys: readonly ConfigKey[], from: Tree, to: Tree): readonly Difference[] {
  return keys.flatMap((key) => {
    const [theirs, ours] = [valueAt(from, key.segments), valueAt(to, key.segments)];
    if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
    const verdict: Verdict = ours !== undefined ? 'kept' : mayBeCopied(key) ? 'copied' : 'anew';
    return [{ key, from: theirs, to: ours, verdict }];
  });
}

/** The text of a configuration with what may be copied in the environment `to`; comments stay. */
export async function promoted(yaml: string, to: string, differences: readonly Difference[]): Promise<string> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(yaml);
  if (!document.hasIn(['environments', to]) || document.getIn(['environments', to]) === null)
    document.setIn(['environments', to], document.createNode({}));
  for (const { key, from, verdict } of differences)
    if (verdict === 'copied') document.setIn(['environments', to, ...key.segments], document.createNode(from));
  return document.toString({ lineWidth: 0 });
}
