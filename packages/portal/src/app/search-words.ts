type Words<K extends string> = { readonly [name in K]?: string };

/** What a page keeps in its address: these names, texts alone; whatever else stands there is left out. */
export function searchWords<K extends string>(...names: readonly K[]): (search: Readonly<Record<string, unknown>>) => Words<K> {
  return (search) =>
    Object.fromEntries(
      names.map((name) => [name, search[name]]).filter(([, value]) => typeof value === 'string' && value !== ''),
    ) as Words<K>;
}

/** An address as people read it: `?state=failed&peer=bluewallet`. */
export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

/** The other way round. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) if (typeof value === 'string' && value !== '') words.set(name, value);
  const text = words.toString();
  return text === '' ? '' : `?${text}`;
}
