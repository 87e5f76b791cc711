/** What this browser remembers for somebody: choices, never a secret. Where it may not, they last as long as the page. */
const OURS = 'pm.';
const UNKEPT = new Map<string, string>();

/** A choice of before; undefined: none. */
export function keptHere(name: string): string | undefined {
  try {
    return localStorage.getItem(OURS + name) ?? UNKEPT.get(name);
  } catch {
    return UNKEPT.get(name);
  }
}

/** Remembers a choice; undefined forgets it. */
export function keepHere(name: string, value: string | undefined): void {
  if (value === undefined) UNKEPT.delete(name);
  else UNKEPT.set(name, value);
  try {
    if (value === undefined) localStorage.removeItem(OURS + name);
    else localStorage.setItem(OURS + name, value);
  } catch {
    // a browser that keeps nothing
  }
}
