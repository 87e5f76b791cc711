/** Members of events that are names of the connector's own, codes, amounts or instants. */
const PLAIN = ['operation', 'undoes', 'attempt', 'effect', 'outcome', 'by', 'what', 'code', 'said', 'callback', 'until', 'fee', 'total'];

/** What of an event may be told in any words: nothing of persons, nothing of others. */
export function plainValues(event: object): Readonly<Record<string, string>> {
  const { ended, ...own } = event as Readonly<Record<string, unknown>>;
  const told: Readonly<Record<string, unknown>> = { ...own, ...(ended as { readonly code?: string } | undefined) };
  const plain = [...PLAIN, ...(ended === undefined ? [] : ['kind'])].flatMap((name) => {
    const value = told[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [];
  });
  return Object.fromEntries(plain);
}
