import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guess } from '../language/guesses.ts';

/** What stands beside a connector about its guesses. */
export const SIGNED_OFF = 'signed-off.json';
export const PROBED = 'probe.json';

/** Somebody answers for a guess by name. `text`: the guess as it was then; another text is another guess. */
export interface SignOff {
  readonly guess: string;
  readonly text: string;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What a probe saw of one question. `as-guessed` settles the guesses that name it. */
export interface Observation {
  readonly probe: string;
  /** The money step. */
  readonly step: string;
  readonly result: 'as-guessed' | 'otherwise' | 'unclear' | 'not-tried';
  /** In our own words: no value of an answer. */
  readonly saw: string;
}

/** `probe.json`. */
export interface ProbeReport {
  readonly connector: string;
  /** Of the connector's files: a probe of others says nothing of these. */
  readonly version: string;
  readonly environment: string;
  readonly hosts: readonly string[];
  /** ISO 8601. */
  readonly at: string;
  readonly observations: readonly Observation[];
}

/** A guess on which nobody may rely in production, and what to do. */
export interface OpenGuess extends Guess {
  readonly why: string;
}

/** The guesses of a connector that were neither probed with just these files nor signed off with just this text. */
export async function openGuesses(folder: string, guesses: readonly Guess[], version: string): Promise<readonly OpenGuess[]> {
  if (guesses.length === 0) return [];
  const signed = await signOffs(folder);
  const probe = await jsonIn<ProbeReport>(folder, PROBED);
  return guesses.flatMap((guess) => {
    if (signed.some((each) => each.guess === guess.id && each.text === guess.text)) return [];
    const why = guess.probe === undefined ? 'nobody has signed it off' : notShown(guess.probe, probe, version);
    return why === undefined ? [] : [{ ...guess, why }];
  });
}

/** Undefined: the probe shows it. */
function notShown(name: string, probe: ProbeReport | undefined, version: string): string | undefined {
  if (probe === undefined) return `neither probed (${name}) nor signed off`;
  if (probe.version !== version) return 'probed with other files of the connector, and not signed off';
  const seen = (probe.observations ?? []).filter((each) => each.probe === name);
  const bad = seen.find(({ result }) => result !== 'as-guessed');
  if (seen.length === 0) return `the probe did not try it (${name})`;
  return bad && `the probe saw otherwise, or not clearly (${name}, ${bad.step}): ${bad.saw}`;
}

/** The sign-offs beside a connector. */
export async function signOffs(folder: string): Promise<readonly SignOff[]> {
  const list = (await jsonIn<{ readonly signedOff?: readonly SignOff[] }>(folder, SIGNED_OFF))?.signedOff;
  return Array.isArray(list) ? list : [];
}

/** Writes a sign-off beside the connector; a former one of the same guess is replaced. */
export async function signOff(folder: string, made: SignOff): Promise<void> {
  const others = (await signOffs(folder)).filter(({ guess }) => guess !== made.guess);
  await writeFile(join(folder, SIGNED_OFF), `${JSON.stringify({ signedOff: [...others, made] }, undefined, 2)}\n`);
}

/** A file that is not there, or is no JSON, settles nothing. */
export async function jsonIn<T>(folder: string, file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, file), 'utf8')) as T;
  } catch {
    return undefined;
  }
}
