import { crash, problem } from './api/problem.ts';
import { enrolOutbound } from './certificates/enrolments.ts';
import { type DfspRecord, emptyDfsp, type HubEnrolment } from './records.ts';
import type { ServerParts } from './server-parts.ts';

/** More DFSPs than a scheme on one machine has. */
const DFSPS_MAX = 500;

/** What a new DFSP is registered with. */
export interface DfspOrder {
  readonly dfspId: string;
  readonly name: string;
  readonly monetaryZoneId?: string;
  readonly isProxy?: boolean;
  readonly securityGroup?: string;
}

/**
 * Registers a DFSP, makes its OAuth2 client (`clientId` = its id) and the hub's request for a client certificate towards it.
 *
 * @throws Problem 500 with the database's text when the id is taken
 */
export async function registerDfsp(parts: ServerParts, order: DfspOrder): Promise<DfspRecord> {
  const { book } = parts;
  if (book.records.dfsps.length >= DFSPS_MAX) throw crash('Error', `a sandbox has at most ${DFSPS_MAX} DFSPs`);
  if (book.dfsp(order.dfspId)) {
    const sql = 'insert into `dfsps` (`dfsp_id`, `name`) values (?, ?)';
    throw crash('Error', `${sql} - Duplicate entry '${order.dfspId}' for key 'dfsps.dfsp_id_UNIQUE'`);
  }
  const dfsp = emptyDfsp(book.nextId(), order.dfspId, order.name);
  dfsp.monetaryZoneId = order.monetaryZoneId;
  dfsp.isProxy = order.isProxy === undefined ? null : order.isProxy ? 1 : 0;
  dfsp.securityGroup = order.securityGroup ?? dfsp.securityGroup;
  dfsp.client = { clientId: dfsp.dfspId, clientSecret: newSecret(parts), createdAt: timestamp(parts), told: false };
  book.records.dfsps.push(dfsp);
  await enrolOutbound(parts, dfsp);
  return dfsp;
}

/** A secret as the identity provider makes it. */
export function newSecret({ random }: Pick<ServerParts, 'random'>): string {
  return Buffer.from(random.bytes(24)).toString('base64url');
}

/** The server's clock in ISO 8601. */
export function timestamp({ clock }: Pick<ServerParts, 'clock'>): string {
  return new Date(clock.now()).toISOString();
}

/** The hub's client certificate that counts: CERT_SIGNED with the highest id. */
export function hubEnrolmentOf(dfsp: DfspRecord): HubEnrolment | undefined {
  return dfsp.outbound
    .filter(({ state }) => state === 'CERT_SIGNED')
    .reduce<HubEnrolment | undefined>((best, one) => (best && best.id > one.id ? best : one), undefined);
}

/**
 * Lets the hub's gateway know the DFSP.
 *
 * @throws Problem 404 without a DFSP CA; 500 without a signed request of the hub, or when any DFSP's latest egress has no ipList
 */
export function onboard(parts: ServerParts, dfsp: DfspRecord): void {
  if (!dfsp.ca) throw problem('NotFoundError', '');
  if (!hubEnrolmentOf(dfsp)) throw crash('TypeError', "Cannot read properties of undefined (reading 'certificate')");
  const isHole = parts.book.records.dfsps.some(({ egress }) => egress.length > 0 && egress.at(-1)?.ipList === undefined);
  if (isHole) throw crash('TypeError', "Cannot read properties of undefined (reading 'map')");
  dfsp.onboarded = true;
  parts.book.save();
}

/** Onboards without an operator when all is there that the hub needs. */
export function considerOnboarding(parts: ServerParts, dfsp: DfspRecord): void {
  if (!parts.settings.autoOnboard || dfsp.onboarded || dfsp.ingress.at(-1)?.url === undefined || dfsp.egress.length === 0) return;
  if (hubEnrolmentOf(dfsp)?.validationState !== 'VALID') return;
  try {
    onboard(parts, dfsp);
  } catch {
    // As when the operator presses the button and gets an error: the next change tries again.
  }
}
