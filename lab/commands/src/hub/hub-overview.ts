import { printable, style, table } from '@payment-manager/payment-manager';
import type { ConnectionManagerFaultRule, ConnectionManagerSettings, DfspOverview, HubOverview } from '@payment-manager/sandbox';

type Answer = Readonly<Record<string, unknown>>;
type Fault = ConnectionManagerFaultRule & { readonly id: string; readonly struck: number };

/** What the Connection Manager knows, for people: DFSPs, settings, faults in force. */
export function overview(server: Answer, dfsps: Answer, faults: Answer): string {
  const rows = (dfsps['dfsps'] as readonly DfspOverview[]).map(rowOf);
  const settings = Object.entries(server['settings'] as ConnectionManagerSettings).map(([name, value]) => `${name}=${value}`);
  const broken = (faults['faults'] as readonly Fault[]).map(
    ({ id, operation, fspId, action, struck }) =>
      `${id}  ${operation}${fspId === undefined ? '' : ` of ${fspId}`}  ${JSON.stringify(action)}  struck ${struck}`,
  );
  return [
    table(['DFSP', 'onboarded', 'CA', 'client certificate', 'certificate of the hub', 'JWS key of', 'endpoint'], rows),
    '',
    hubLine(server['hub'] as HubOverview),
    `${style.bold('Settings')}  ${settings.join(' ')}   log-ins: ${String(server['logins'])}`,
    ...(broken.length === 0 ? [] : ['', style.bold('Broken'), ...broken.map(printable)]),
  ].join('\n');
}

function hubLine({ cas, servedBy = 'none' }: HubOverview): string {
  return `${style.bold('Hub')}       CAs: ${printable(cas.join(', ') || 'none')}; it serves with a certificate of ${printable(servedBy)}`;
}

/** Every request for a client certificate, the newest last. */
export function enrolments(dfsps: readonly DfspOverview[]): string {
  const all = dfsps.flatMap((dfsp) => [
    ...dfsp.enrolments.map((one) => ({ ...one, from: dfsp.fspId, signer: 'the hub' })),
    ...dfsp.hubEnrolments.map((one) => ({ ...one, from: 'the hub', signer: dfsp.fspId })),
  ]);
  const rows = all
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, from, signer, state, validationState, issuer = '-', notAfter = '-' }) =>
      [String(id), from, signer, state, validationState, issuer, notAfter.slice(0, 10)].map(printable),
    );
  return table(['enrolment', 'asked by', 'signed by', 'state', 'validation', 'CA', 'until'], rows);
}

function rowOf(dfsp: DfspOverview): string[] {
  const created = dfsp.jwsCreatedAt === undefined ? '-' : day(dfsp.jwsCreatedAt * 1_000);
  return [
    dfsp.fspId,
    dfsp.onboarded ? 'yes' : 'no',
    dfsp.ca,
    newest(dfsp.enrolments),
    newest(dfsp.hubEnrolments),
    created,
    dfsp.ingress ?? '-',
  ].map(printable);
}

/** `17 CERT_SIGNED VALID until 2026-12-27`; the one with the highest id. */
function newest(enrolments: DfspOverview['enrolments']): string {
  const last = enrolments.toSorted((a, b) => a.id - b.id).at(-1);
  if (!last) return '-';
  const until = last.notAfter === undefined ? '' : ` until ${last.notAfter.slice(0, 10)}`;
  return `${last.id} ${last.state} ${last.validationState}${until}`;
}

/** A date that a DFSP has written can be none. */
function day(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '?' : date.toISOString().slice(0, 10);
}
