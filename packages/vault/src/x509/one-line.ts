/** A name of a certificate (subject, issuer) on one line, for people: bounded, and without control characters, for others write it. */
export function oneLine(name: string | undefined): string {
  return (name ?? '(no name)').replace(/[^\P{C}]+/gu, ', ').slice(0, 300);
}
