import { truthy } from '../expression/value.ts';
import { FixtureInvalid, readFixture } from '../fixture/fixture.ts';
import { runFixture } from '../fixture/run-fixture.ts';
import type { CompiledConnector } from '../language/compile-connector.ts';

/** A connector whose error table notes which of its lines an answer has reached. */
export function watchErrorTable(connector: CompiledConnector): { readonly connector: CompiledConnector; readonly reached: Set<number> } {
  const reached = new Set<number>();
  const errors = connector.errors.map((rule, index) => ({
    ...rule,
    when: {
      ...rule.when,
      evaluate: (root: Parameters<typeof rule.when.evaluate>[0]) => {
        const value = rule.when.evaluate(root);
        if (truthy(value)) reached.add(index);
        return value;
      },
    },
  }));
  return { connector: { ...connector, errors }, reached };
}

/** VT-06: the lines of the error table that neither the suite nor a fixture has reached: nobody knows what they do. */
export async function unreached(
  { connector, reached }: ReturnType<typeof watchErrorTable>,
  fixtures: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  for (const text of fixtures.values()) {
    try {
      await runFixture(connector, readFixture(text));
    } catch (error) {
      // what is wrong with it says `connector test`
      if (!(error instanceof FixtureInvalid)) throw error;
    }
  }
  return connector.errors.flatMap(({ code, when }, index) =>
    reached.has(index) ? [] : [`line ${index + 1} of the error table, ${code} when ${when.text}, is never reached: a fixture may show it`],
  );
}
