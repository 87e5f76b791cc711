import type { ShownMessage } from '@payment-manager/management-api/types';

/** A body as people read it: JSON in lines, all else as it is. Numbers stay as they were written. */
export function prettyBody(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const bare = (text: string): string => text.replace(/\s/g, '');
    // a number that would be written otherwise than it came is left as it was
    return bare(JSON.stringify(value)) === bare(body) ? JSON.stringify(value, undefined, 2) : body;
  } catch {
    return body;
  }
}

/** A whole message as text, to be put into a ticket. */
export function messageText({ at, method, target, headers, body, answer }: ShownMessage): string {
  const lines = (of: Readonly<Record<string, string>>): string[] => Object.entries(of).map(([name, value]) => `${name}: ${value}`);
  return [
    at,
    `${method} ${target}`,
    ...lines(headers),
    '',
    body,
    ...(answer === undefined ? [] : ['', `${answer.status}`, ...lines(answer.headers), '', answer.body]),
  ].join('\n');
}
