/**
 * Values as people read them, a line each: `endpoints.ingressUrl: https://…`. Nothing is left out: an empty list or group is a dash, and text stays as it
 * is.
 */
export function valueLines(value: unknown, path = ''): readonly string[] {
  if (value === undefined) return [];
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isPlain = entries.every(([, one]) => typeof one !== 'object' || one === null);
  if (Array.isArray(value) && isPlain && value.length > 0) return [line(path, value.map(String).join(', '))];
  if (entries.length > 0) return entries.flatMap(([name, one]) => valueLines(one, path === '' ? name : `${path}.${name}`));
  return [line(path, typeof value === 'object' && value !== null ? '–' : String(value))];
}

function line(path: string, text: string): string {
  return path === '' ? text : `${path}: ${text}`;
}
