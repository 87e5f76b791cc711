/** A part of the guide that stands before the operations. */
export interface GuidePart {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** Text into HTML: the small tools of the page `/docs`. Everything that is shown goes through `escaped`. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that is safe anywhere in HTML. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A sentence in which `backticks` mark code, and **stars** what must not be overlooked. */
export function sentence(text: string): string {
  return escaped(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
}

/** A JSON value as a block of code, names and values told apart by colour. */
export function jsonBlock(value: unknown): string {
  return `<pre tabindex="0"><code>${coloured(laidOut(value))}</code></pre>`;
}

/** A command as a block of code. */
export function commandBlock(command: string): string {
  return `<pre tabindex="0"><code>${escaped(command)}</code></pre>`;
}

/** Longest object that is shown on one line. */
const LINE_LENGTH_MAX = 60;

/** Indented JSON in which small objects stand on one line: an amount is read at a glance. */
export function laidOut(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => laidOut(item, deeper))
    : Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${laidOut(member, deeper)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const line = members.length === 0 ? open + close : `${open} ${members.join(', ')} ${close}`;
  if (indent !== '' && line.length <= LINE_LENGTH_MAX && !line.includes('\n')) return line;
  return `${open}\n${members.map((member) => deeper + member).join(',\n')}\n${indent}${close}`;
}

function coloured(json: string): string {
  let html = '';
  let end = 0;
  for (const match of json.matchAll(/("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null|-?\d+(?:\.\d+)?)\b/g)) {
    const [token, quoted, colon] = match;
    const kind = quoted === undefined ? 'v' : colon === undefined ? 's' : 'k';
    const shown = quoted ?? token;
    html += `${escaped(json.slice(end, match.index))}<span class="${kind}">${escaped(shown)}</span>${escaped(token.slice(shown.length))}`;
    end = match.index + token.length;
  }
  return html + escaped(json.slice(end));
}
