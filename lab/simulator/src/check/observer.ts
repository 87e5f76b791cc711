import type { Append } from '@payment-manager/journal';
import type { HttpRequest, HttpResponse, OutgoingRequest } from '@payment-manager/runtime';
import type { NetworkFault } from '../scenario/mishaps.ts';
import { coreHost, DFSPS, type Dfsp, inboundHost, outboundHost, PAYEE } from '../scenario/parties.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { History } from '../world/history.ts';
import { checkAcceptance } from './acceptance.ts';
import { checkAcknowledged, checkForeign, checkTold, type Words } from './answers.ts';
import { checkForward, checkNextAction } from './forward.ts';
import { type CoreCalls, checkLeaving } from './messages.ts';
import { type DurableRecords, durableRecords } from './records.ts';
import { noViolations, type Violations } from './violation.ts';

/** What the world did that no Payment Manager can be blamed for: the final verdict takes it into account. */
export interface Excuses {
  /** Transfers about which the hub said an untrue word to a DFSP. */
  readonly lies: Map<string, Set<Dfsp>>;
  /** Transfers that the core executed although it refused them (docs/money-rules.md, 1): only reconciliation can list them. */
  readonly coreContradictsItself: Set<string>;
}

/** Watches a run from outside and checks the rules that can be checked at once. */
export interface Observer {
  readonly violations: Violations;
  readonly records: Readonly<Record<Dfsp, DurableRecords>>;
  readonly words: Readonly<Record<Dfsp, Words>>;
  readonly excuses: Excuses;
  /** Transfers that the payer's journal has, oldest first. */
  transfers(): readonly string[];
  /** The hub is about to say something untrue. */
  lied(transferId: string, to: Dfsp): void;
  /** `writer`: which replica wrote it. */
  durable(fspId: Dfsp, append: Append, writer: string): void;
  leaves(from: string, host: string, request: OutgoingRequest, operation: string): void;
  struck(fault: NetworkFault, host: string, request: OutgoingRequest, operation: string): void;
  answered(host: string, request: HttpRequest, operation: string, response: HttpResponse): void;
}

/** Begins to watch. */
export function observer(scenario: Scenario, now: () => number, history: History): Observer {
  const violations = noViolations(now);
  const records = { greenbank: durableRecords(scenario.settings.greenbank), bluewallet: durableRecords(scenario.settings.bluewallet) };
  const noWords = (): Words => ({ told: new Map(), heard: new Map(), foreign: new Map() });
  const words = { greenbank: noWords(), bluewallet: noWords() };
  const calls = { greenbank: noCalls(scenario, 'greenbank'), bluewallet: noCalls(scenario, 'bluewallet') };
  const excuses: Excuses = { lies: new Map(), coreContradictsItself: new Set() };
  const owners = new Map<string, Dfsp>();
  for (const fspId of DFSPS) for (const host of [inboundHost(fspId), outboundHost(fspId)]) owners.set(host, fspId);
  return {
    violations,
    records,
    words,
    excuses,
    transfers: () => [...records.greenbank.all()].filter(({ kind }) => kind === 'payer').map(({ recordId }) => recordId),
    lied: (transferId, to) => void excuses.lies.set(transferId, (excuses.lies.get(transferId) ?? new Set()).add(to)),
    durable(fspId, append, writer) {
      // marks of a restore, and words of the hub about what is in no record: no payments
      if (append.kind !== 'payer' && append.kind !== 'payee') {
        history.note(fspId, () => `journal${writer}: ${append.kind} ${append.label}`);
        return;
      }
      const { before, after } = records[fspId].append(append);
      history.note(
        fspId,
        () => `journal${writer}: ${after.kind} ${append.label}: ${append.events.map(eventText).join(', ')}${after.open ? '' : ' (closed)'}`,
      );
      checkForward(before, after, violations);
      checkNextAction(records[fspId], after, violations);
      checkAcceptance(scenario.settings[fspId], append, after, violations);
    },
    leaves(from, host, request, operation) {
      const fspId = DFSPS.find((one) => one === from);
      if (fspId !== undefined) checkLeaving(records[fspId], calls[fspId], fspId, host === coreHost(fspId), operation, request, violations);
    },
    struck(fault, _host, request, operation) {
      if (operation === 'POST /transfers' && (fault === 'done-then-refused' || fault === 'refused-then-done'))
        excuses.coreContradictsItself.add(textOf(request, 'transferId'));
    },
    answered(host, request, operation, response) {
      const fspId = owners.get(host);
      if (fspId === undefined) return;
      if (host === inboundHost(fspId)) checkAcknowledged(records[fspId], words[fspId], request, operation, response, violations);
      // the payee's DFSP starts no payments: it asks about those that it receives
      else if (fspId === PAYEE && operation === 'GET /transfers') checkForeign(words[fspId], request, response);
      else if (operation.endsWith('/transfers')) checkTold(records[fspId], words[fspId], response, violations);
    },
  };
}

function noCalls({ settings }: Scenario, fspId: Dfsp): CoreCalls {
  const { transferRepeatable, notificationRepeatable } = settings[fspId].core;
  return { repeatable: { transfer: transferRepeatable, notification: notificationRepeatable }, left: new Map() };
}

function eventText(event: { readonly type: string }): string {
  const { state, stage, transferState, outcome, said, code, says } = event as Readonly<Record<string, unknown>>;
  const detail = [state, stage, transferState, outcome, said, code, says].filter((one) => typeof one === 'string');
  return detail.length === 0 ? event.type : `${event.type}(${detail.join(' ')})`;
}

function textOf(request: OutgoingRequest, member: string): string {
  return new RegExp(`"${member}":"([^"]+)"`).exec(String(request.body))?.[1] ?? '';
}
