import type { Conditions } from '../back-end/conditions.ts';
import { type ShownBackEnd, shownBackEnds } from '../back-end/shown-back-ends.ts';
import { FolderInvalid, readFixtureFiles } from '../fixture/connector-folder.ts';
import type { CompiledConnector, ConnectorFiles } from '../language/compile-connector.ts';
import type { Operation } from '../language/operation.ts';
import { CERTIFIED, type KeptCertification } from '../loading/certified.ts';
import { jsonIn, openGuesses, PROBED, type ProbeReport, signOffs } from '../loading/guesses.ts';
import { filesVersion } from '../loading/kept-version.ts';
import { operationKey } from '../run/interpret.ts';

/** An operation: how many steps it has, and what it does to the ledger. */
export interface ShownOperation {
  readonly name: string;
  readonly steps: number;
  readonly effects: readonly { readonly name: string; readonly kind: string; readonly settledBy: readonly string[] }[];
}

/** A line of the error table. */
export interface ShownError {
  readonly when: string;
  readonly code: string;
  readonly message?: string;
}

export interface ShownGuess {
  readonly id: string;
  readonly text: string;
  readonly standing: 'probed' | 'signed-off' | 'open';
  /** Why it is open, or who answers for it. */
  readonly why?: string;
}

/** What lies beside a connector, of just these files or of others. */
export type OfFiles<T> = T & { readonly sameFiles: boolean };

/** A connector as people see it; no value of a payment or setting is in it. */
export interface ShownConnector {
  readonly name: string;
  readonly version: string;
  readonly operations: readonly ShownOperation[];
  readonly backEnds: readonly ShownBackEnd[];
  readonly errors: readonly ShownError[];
  readonly guesses: readonly ShownGuess[];
  readonly probe?: OfFiles<Omit<ProbeReport, 'version'>>;
  readonly certification?: OfFiles<Omit<KeptCertification, 'version'>>;
  /** `tests/*.json` beside it. */
  readonly fixtures: readonly string[];
}

/** What is shown of a connector that runs. `folder`: where it stands. */
export async function shownConnector(
  folder: string,
  running: { readonly connector: CompiledConnector; readonly version: string },
  files: ConnectorFiles,
  conditions: Conditions,
): Promise<ShownConnector> {
  const { connector, version } = running;
  const ofFiles = filesVersion(files);
  const probe = besides(await jsonIn<ProbeReport>(folder, PROBED), ofFiles);
  const certification = besides(await jsonIn<KeptCertification>(folder, CERTIFIED), ofFiles);
  return {
    name: connector.name,
    version,
    operations: connector.operations.map(shownOperation),
    backEnds: shownBackEnds(connector, conditions),
    errors: connector.errors.map(({ when, code, message }) => ({
      when: when.text,
      code,
      ...(message !== undefined && { message: message.kind === 'text' ? message.text : `=${message.expression.text}` }),
    })),
    guesses: await shownGuesses(folder, connector, ofFiles),
    ...(probe && { probe }),
    ...(certification && { certification }),
    fixtures: await fixtureNames(folder),
  };
}

function besides<T extends { readonly version: string }>(kept: T | undefined, ofFiles: string): OfFiles<Omit<T, 'version'>> | undefined {
  if (kept === undefined) return undefined;
  const { version, ...rest } = kept;
  return { ...rest, sameFiles: version === ofFiles };
}

function shownOperation(operation: Operation): ShownOperation {
  const effects = operation.steps.flatMap((step) => {
    if (step.kind !== 'money') return [];
    const { name, kind, settle } = step.money;
    return [{ name, kind, settledBy: Object.keys(settle) }];
  });
  return { name: operationKey(operation), steps: operation.steps.length, effects };
}

async function shownGuesses(folder: string, { guesses }: CompiledConnector, version: string): Promise<readonly ShownGuess[]> {
  const open = new Map((await openGuesses(folder, guesses, version)).map(({ id, why }) => [id, why]));
  const signed = new Map((await signOffs(folder)).map(({ guess, text, by }) => [`${guess} ${text}`, by]));
  return guesses.map(({ id, text }) => {
    const why = open.get(id);
    if (why !== undefined) return { id, text, standing: 'open', why };
    const by = signed.get(`${id} ${text}`);
    return { id, text, standing: by === undefined ? 'probed' : 'signed-off', ...(by !== undefined && { why: by }) };
  });
}

async function fixtureNames(folder: string): Promise<readonly string[]> {
  try {
    return [...(await readFixtureFiles(folder)).keys()];
  } catch (error) {
    if (error instanceof FolderInvalid) return [];
    throw error;
  }
}
