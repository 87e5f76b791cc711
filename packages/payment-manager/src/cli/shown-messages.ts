import { LEFT_OUT, type MessageCheck, type ShownMessage, type ShownMessages } from '@payment-manager/operations/messages';
import { printable, style, type Terminal } from './terminal.ts';

const CHECK_STYLES: Readonly<Record<MessageCheck['result'], (text: string) => string>> = {
  passed: style.good,
  failed: style.bad,
  skipped: style.warn,
};

/** What was said about a payment, oldest first: a line for each message, then its headers, its body, what was verified, and the answer. */
export function showMessages({ messages, remarks }: ShownMessages, terminal: Terminal): void {
  terminal.out(`\n${style.bold('Messages')}`);
  for (const remark of remarks) terminal.out(`  ${style.warn(printable(remark))}`);
  if (messages.length === 0) terminal.out('  none are kept (messages.keepDays)');
  for (const message of messages) showMessage(message, terminal);
}

function showMessage(message: ShownMessage, terminal: Terminal): void {
  const { at, method, target, attempt, tookMs, headers, body, bodyBytes, answer, failure, checks } = message;
  const again = attempt !== undefined && attempt > 1 ? `, attempt ${attempt}` : '';
  const became = answer === undefined ? style.bad(failure ?? 'no answer') : (answer.says ?? String(answer.status));
  terminal.out(`\n${at}  ${way(message)}  ${style.bold(`${method} ${printable(target)}`)}  ${became}, ${tookMs} ms${again}`);
  for (const [name, value] of Object.entries(headers)) terminal.out(`  ${style.key(`${name}:`)} ${printable(value)}`);
  if (body !== '') terminal.out(`  ${printable(sized(body, bodyBytes))}`);
  for (const { what, result, says } of checks) terminal.out(`  ${CHECK_STYLES[result](`${what} ${result}`)}: ${printable(says)}`);
  if (answer !== undefined && answer.body !== '')
    terminal.out(`  ${style.dim('answer:')} ${printable(sized(answer.body, answer.bodyBytes))}`);
}

function sized(body: string, bytes: number): string {
  return body === LEFT_OUT ? `${body} (${bytes} bytes)` : body;
}

function way({ direction, side, backEnd }: ShownMessage): string {
  const other = backEnd === undefined ? side : `${side}/${backEnd}`;
  return direction === 'in' ? `${other} → us ` : `us → ${other} `;
}
