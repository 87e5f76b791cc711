import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FolderInvalid, readConnectorFolder, readFixtureFiles } from '../fixture/connector-folder.ts';
import { compileConnector } from '../language/compile-connector.ts';
import type { Problem } from '../language/problem.ts';
import { compilePlan } from './plan.ts';
import type { Candidate } from './rig.ts';

/** Reads a connector and its `certify.yaml`. With a problem in either there is no candidate. @throws FolderInvalid */
export async function readCandidate(
  folder: string,
): Promise<{ readonly candidate: Candidate | undefined; readonly problems: readonly Problem[] }> {
  const { connector, problems } = compileConnector(await readConnectorFolder(folder));
  const made = compilePlan(await textOf(folder, 'certify.yaml', 'which describes the core that the connector is certified against'));
  const all = [...problems, ...made.problems];
  if (all.length > 0 || made.plan === undefined) return { candidate: undefined, problems: all };
  const { database } = made.plan;
  const schema = database === undefined ? {} : { schema: await textOf(folder, database.schema, 'which makes the tables of the core') };
  const fixtures = await readFixtureFiles(folder);
  return { candidate: { connector, plan: made.plan, fixtures, ...schema }, problems: all };
}

async function textOf(folder: string, file: string, what: string): Promise<string> {
  try {
    return await readFile(join(folder, basename(file)), 'utf8');
  } catch {
    throw new FolderInvalid(`there is no ${basename(file)}, ${what}`);
  }
}
