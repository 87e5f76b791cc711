import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PartyKey, Units } from '@payment-manager/fspiop';
import { type Position, type PositionChange, withChange } from './positions.ts';
import type { SchemeView } from './transfer.ts';

/** A DFSP in the scheme. */
export interface Participant {
  readonly fspId: string;
  /** Base URL of its inbound API, without a trailing slash; may change at run time. */
  readonly endpoint: string;
  /** JWS public keys (PEM, SPKI) that count; more than one during a rotation. Empty: its messages are not verified. */
  readonly jwsPublicKeys: readonly string[];
  readonly currencies: readonly string[];
}

/** The oracle's entry for a party. */
export interface PartyEntry {
  readonly key: string;
  readonly fspId: string;
}

/** What the oracle knows a party by. */
export function partyEntryKey(party: PartyKey): string {
  const id = party.type === 'MSISDN' ? party.id.replace(/^\+/, '') : party.id;
  return JSON.stringify([party.type, id, party.subId ?? '']);
}

/** Participants, parties and positions in memory. */
export interface SchemeDirectory extends SchemeView {
  participant(fspId: string): Participant | undefined;
  participants(): readonly Participant[];
  keysOf(fspId: string): readonly KeyObject[];
  /** Replaces or adds; the caller has checked it. @throws when a key is not a PEM public key */
  putParticipant(participant: Participant): void;
  ownerOf(party: PartyKey): string | undefined;
  putParty(entry: PartyEntry): void;
  position(fspId: string, currency: string): Position | undefined;
  /** By currency, then FSP. */
  positions(): readonly Position[];
  /** Opens an account, or sets its cap. */
  putPosition(fspId: string, currency: string, netDebitCap: Units): Position;
  restorePosition(position: Position): void;
  /** Applies changes; returns the changed positions. Throws for an account that is not there. */
  move(changes: readonly PositionChange[]): readonly Position[];
}

/** Makes an empty directory. */
export function schemeDirectory(): SchemeDirectory {
  const participants = new Map<string, Participant>();
  const keys = new Map<string, readonly KeyObject[]>();
  const parties = new Map<string, string>();
  const positions = new Map<string, Position>();
  const positionKey = (fspId: string, currency: string): string => `${currency} ${fspId}`;
  return {
    participant: (fspId) => participants.get(fspId),
    participants: () => [...participants.values()],
    keysOf: (fspId) => keys.get(fspId) ?? [],
    putParticipant(participant) {
      keys.set(
        participant.fspId,
        participant.jwsPublicKeys.map((pem) => createPublicKey(pem)),
      );
      participants.set(participant.fspId, participant);
    },
    ownerOf: (party) => parties.get(partyEntryKey(party)),
    putParty: (entry) => void parties.set(entry.key, entry.fspId),
    position: (fspId, currency) => positions.get(positionKey(fspId, currency)),
    positions: () => [...positions.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, position]) => position),
    putPosition(fspId, currency, netDebitCap) {
      const known = positions.get(positionKey(fspId, currency));
      const position: Position = { fspId, currency, committed: known?.committed ?? 0n, reserved: known?.reserved ?? 0n, netDebitCap };
      positions.set(positionKey(fspId, currency), position);
      return position;
    },
    restorePosition: (position) => void positions.set(positionKey(position.fspId, position.currency), position),
    move: (changes) =>
      changes.map((change) => {
        const position = positions.get(positionKey(change.fspId, change.currency));
        if (position === undefined) throw new Error(`no position of ${change.fspId} in ${change.currency}`);
        const moved = withChange(position, change);
        positions.set(positionKey(change.fspId, change.currency), moved);
        return moved;
      }),
  };
}
