import { createHttpClient } from '@payment-manager/runtime';
import type { CommandOptions } from '../commands.ts';
import { CommandFailed, EXIT_CODES } from '../exit-codes.ts';
import { findOperations } from '../operations/find-operations.ts';
import type { ToldReload } from '../operations/operations-client.ts';
import { reasonOf } from '../operations/person.ts';
import { stayAlive } from '../stay-alive.ts';
import { printable, style, type Terminal } from '../terminal.ts';

/** `./pm connector reload`: the running Payment Managers that are meant load their connector anew. Exit code 1 when one did not. */
export async function reloadConnector(options: CommandOptions, terminal: Terminal): Promise<number> {
  const client = createHttpClient({});
  try {
    return await stayAlive(async () => {
      let asked = 0;
      let failed = 0;
      for (const { fspId, operations } of await findOperations(options, terminal, client)) {
        const told = await operations.reloadConnector(reasonOf(options, './pm connector reload'));
        if (told === undefined) continue;
        asked++;
        if (told.problems !== undefined) failed++;
        for (const line of linesOf(told)) terminal.out(`${fspId}  ${line}`);
      }
      if (asked === 0)
        throw new CommandFailed(EXIT_CODES.unavailable, 'None of these Payment Managers has a connector (`core.connector`).');
      return failed === 0 ? EXIT_CODES.ok : EXIT_CODES.failed;
    });
  } finally {
    await client.close();
  }
}

function linesOf({ result, version, former, smoke, problems }: ToldReload): readonly string[] {
  if (problems !== undefined)
    return [style.bad(`not loaded: version ${version} goes on`), ...problems.map((problem) => `  ${printable(problem)}`)];
  if (result === 'unchanged') return [`nothing has changed: version ${version}; secrets were read anew`];
  return [
    style.good(`loaded: version ${version}, after ${smoke ?? 0} smoke tests`),
    `payments that began with version ${former} end with it`,
  ];
}
