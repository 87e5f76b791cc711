/** A body without what schemes and FSPs may put into it. */
export function withoutExtensions<T extends { readonly extensionList?: unknown }>(body: T): Omit<T, 'extensionList'> {
  const { extensionList: _gone, ...rest } = body;
  return rest;
}
