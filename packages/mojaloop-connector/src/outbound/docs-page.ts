export function docsPage(d: object): string {
  return JSON.stringify(d);
}
