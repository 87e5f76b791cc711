/**
 * With what Node runs a Payment Manager (`pm` at the root says the same). Measured in docs/performance.md:
 * one helper thread for the garbage collector, since there is one process per core and more of them only push each other
 * off it; and a young generation that fits what payments under way hold, which keeps resident memory a third lower.
 */
export const nodeOptions: readonly string[] = ['--v8-pool-size=1', '--max-semi-space-size=8'];
