import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderInvalid, readConnectorFolder } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import type { Problem } from '../language/problem.ts';
import { compilePlan } from './plan.ts';
import type { Candidate } from './rig.ts';

/** Reads a connector and its `certify.yaml`. With a problem in either there is no candidate. @throws FolderInvalid */
export async function readCandidate(
  folder: string,
): Promise<{ readonly candidate: Candidate | undefined; readonly problems: readonly Problem[] }> {
  const { connector, problems } = compileConnector(await readConnectorFolder(folder));
  const made = compilePlan(await planOf(folder));
  const all = [...problems, ...made.problems];
  return { candidate: all.length > 0 || made.plan === undefined ? undefined : { connector, plan: made.plan }, problems: all };
}

async function planOf(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'certify.yaml'), 'utf8');
  } catch {
    throw new FolderInvalid('there is no certify.yaml, which describes the core that the connector is certified against');
  }
}
