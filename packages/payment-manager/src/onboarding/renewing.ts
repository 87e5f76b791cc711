import { X509Certificate } from 'node:crypto';
import type { Renewable, Wanted } from '@payment-manager/connection-manager-client';
import { certificateRequest, createNextCa, renewServerCertificate, signingKey } from '@payment-manager/connection-manager-client/manual';
import type { Doing, Environment, KeyRecord, OwnPurpose } from '@payment-manager/vault';

/** What people call what can be made anew, and what the vault and the Connection Manager’s client call it. */
export const RENEWED = {
  client: { purpose: 'tls-client', artefact: 'DFSP_CLIENT_CERT' },
  server: { purpose: 'tls-server', artefact: 'DFSP_SERVER_CERT' },
  ca: { purpose: 'dfsp-ca', artefact: 'DFSP_CA' },
  jws: { purpose: 'jws-signing', artefact: 'DFSP_JWS' },
} as const satisfies Readonly<Record<string, { readonly purpose: OwnPurpose; readonly artefact: Renewable }>>;
export type RenewedName = keyof typeof RENEWED;

/** What came of it, for people to go on from. */
export type Renewed =
  /** The Connection Manager’s client goes on by itself. */
  | { readonly kind: 'begun'; readonly what: RenewedName }
  /** A new key waits for its certificate; the present one stays in use. */
  | { readonly kind: 'requested'; readonly what: 'client' | 'server'; readonly keyId: string }
  /** In use; `until`: milliseconds since the epoch. */
  | { readonly kind: 'renewed'; readonly what: 'server'; readonly keyId: string; readonly until: number }
  /** Made, and not in use before it is activated. */
  | { readonly kind: 'waiting'; readonly what: 'ca' | 'jws'; readonly keyId: string }
  /** The first one: in use at once. */
  | { readonly kind: 'first'; readonly what: 'jws'; readonly keyId: string };

/** Makes it anew where there is no Connection Manager, as far as we can by ourselves. @throws VaultError */
export async function renewByHand(environment: Environment, wanted: Wanted, what: RenewedName, doing: Doing): Promise<Renewed> {
  switch (what) {
    case 'client':
      return requested(environment, wanted, what, doing);
    case 'server': {
      if (await isFromElsewhere(environment)) return requested(environment, wanted, what, doing);
      const { id, chain = [] } = await renewServerCertificate(environment, wanted, doing);
      return { kind: 'renewed', what, keyId: id, until: new X509Certificate(chain[0] ?? '').validToDate.getTime() };
    }
    case 'ca': {
      await createNextCa(environment, wanted, doing);
      return { kind: 'waiting', what, keyId: (await waitingKey(environment, what))?.id ?? '' };
    }
    case 'jws': {
      const { id, state } = await signingKey(environment, wanted, doing, true);
      return { kind: state === 'active' ? 'first' : 'waiting', what, keyId: id };
    }
  }
}

/** The key that is to follow; undefined: none waits. @throws VaultError */
export async function waitingKey(environment: Environment, what: RenewedName): Promise<KeyRecord | undefined> {
  return (await environment.keys.list(RENEWED[what].purpose)).findLast(({ state }) => state === 'pre-active');
}

async function requested(environment: Environment, wanted: Wanted, what: 'client' | 'server', doing: Doing): Promise<Renewed> {
  const { keyId } = await certificateRequest(environment, what, wanted, doing);
  return { kind: 'requested', what, keyId };
}

/** Whether the server certificate in use is of another CA than ours. */
async function isFromElsewhere({ keys }: Environment): Promise<boolean> {
  const [leaf] = (await keys.active('tls-server'))?.chain ?? [];
  if (leaf === undefined) return false;
  const cas = (await keys.list('dfsp-ca')).flatMap(({ chain = [] }) => chain.slice(0, 1));
  return !cas.some((ca) => new X509Certificate(leaf).checkIssued(new X509Certificate(ca)));
}
