import { hash } from 'node:crypto';
import type { ReadRow } from './read-row.ts';

/**
 * What a payment is found by, besides its facets, as one short key each: `1` and six bytes of the hash of an id, `2` and the id of a party, `3` and
 * a word of a name. Two ids may have one key, so what is found is compared with what was asked for.
 */
export type Term = Buffer;

const [ID, PARTY, WORD] = [1, 2, 3];
const ID_BYTES = 6;
const PARTY_BYTES_MAX = 40;
const WORD_LENGTH_MAX = 24;
const WORDS_MAX = 8;

/** A search for the beginning of a party's id needs this many characters: with fewer, too much of everything begins so. */
export const PARTY_PREFIX_MIN = 6;

/** All that leads to a row, each once. */
export function termsOf(row: ReadRow): readonly Term[] {
  const ids = [row.transferId, row.transactionId, row.quoteId, row.homeTransactionId];
  const parties = [row.payer?.id, row.payee?.id].filter((id) => id !== undefined && id !== '');
  const names = [row.payer?.name, row.payee?.name].filter((name) => name !== undefined);
  return [
    ...[...new Set(ids)].filter((id) => id !== undefined).map(idTerm),
    ...[...new Set(parties)].map((id) => partyTerm(id ?? '')),
    ...[...new Set(names.flatMap((name) => wordsOf(name ?? '')))].map(wordTerm),
  ];
}

/** The key of an id of whichever kind. */
export function idTerm(id: string): Term {
  return Buffer.concat([Buffer.of(ID), hash('sha256', id, 'buffer').subarray(0, ID_BYTES)]);
}

/** The key of a party's id; a longer one is cut. */
export function partyTerm(id: string): Term {
  return Buffer.concat([Buffer.of(PARTY), Buffer.from(foldedParty(id), 'utf8').subarray(0, PARTY_BYTES_MAX)]);
}

/** The first key behind all that begin with this one. */
export function behind(term: Term): Term {
  return Buffer.concat([term, Buffer.of(0xff)]);
}

/** The key of a word, as `wordsOf` gives it. */
export function wordTerm(word: string): Term {
  return Buffer.concat([Buffer.of(WORD), Buffer.from(word, 'utf8')]);
}

/** As parties' ids are compared. */
export function foldedParty(id: string): string {
  return id.trim().toLowerCase();
}

/** The words of a name as they are compared: small letters without accents, at most eight, each cut after 24 characters. */
export function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => word.slice(0, WORD_LENGTH_MAX)))].slice(0, WORDS_MAX);
}
