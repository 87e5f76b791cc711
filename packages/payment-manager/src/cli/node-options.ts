/**
 * With what Node runs a Payment Manager (`pm` at the root says the same). Measured, see docs/performance.md: one helper
 * thread for the garbage collector, since there is one process per core and more of them only push each other off it; and
 * a young generation of a size that payments under way just fit into: half of it makes most of them old and costs 10 % more
 * CPU, twice as much only takes memory. `--expose-gc` lets each thread collect when nothing happens (`giveMemoryBack`); nothing else
 * asks for it. And libraries are loaded from few files, see `in-one-file.ts`.
 */
export const nodeOptions: readonly string[] = [
  '--v8-pool-size=1',
  '--max-semi-space-size=16',
  '--expose-gc',
  `--import=${new URL('./in-one-file-hook.ts', import.meta.url).href}`,
];
