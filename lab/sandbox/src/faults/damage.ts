/**
 * Changes one character of a JSON body so that it stays JSON but says something else: the first amount, else a fulfilment
 * or condition, else the last letter or digit. An empty body stays empty.
 */
export function corruptBody(body: string): string {
  const place =
    /"amount":"(\d)/d.exec(body) ?? /"(?:fulfilment|condition)":"([A-Za-z0-9_-])/d.exec(body) ?? /([A-Za-z0-9])[^A-Za-z0-9]*$/d.exec(body);
  const at = place?.indices?.[1]?.[0];
  if (at === undefined) return body;
  return body.slice(0, at) + otherCharacter(body.charAt(at)) + body.slice(at + 1);
}

/** Changes one character of the signature inside an FSPIOP-Signature header; headers without one stay as they are. */
export function corruptSignature(headers: Readonly<Record<string, string>>): Record<string, string> {
  const changed: Record<string, string> = { ...headers };
  for (const name of Object.keys(changed)) {
    if (name.toLowerCase() !== 'fspiop-signature') continue;
    const value = changed[name] ?? '';
    changed[name] = value.replace(/("signature":")(.)/, (_all, start: string, first: string) => start + otherCharacter(first));
  }
  return changed;
}

function otherCharacter(one: string): string {
  if (/\d/.test(one)) return one === '9' ? '8' : String(Number(one) + 1);
  return one === 'A' ? 'B' : 'A';
}
