import { leftToRight } from '@payment-manager/runtime/isolate';
import { knownOf } from '@payment-manager/runtime/languages';
import type { ToldWords } from '@payment-manager/runtime/words';
import type { AlertNotice } from './alert-notice.ts';

/** A notice as a mail: the same in plain text and in HTML. */
export interface AlertMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Where nothing but the letters says how a line is read: in front of it, it is read from right to left. */
const RIGHT_TO_LEFT_MARK = '\u200f';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

/**
 * In the words of the page of alerts. Neither form has a picture, a style or an address but that of the portal: mail servers and readers take it as it is. What a
 * language is read from right to left is marked so in HTML, and in plain text by the marks that Unicode has for it.
 */
export function mailOf(notice: AlertNotice, words: ToldWords): AlertMail {
  const { fspId, environment, event, severity, title } = notice;
  const { severities, events } = words.alerts;
  const { direction } = knownOf(words.language);
  const paragraphs = paragraphsOf(notice, words);
  const mark = direction === 'rtl' ? RIGHT_TO_LEFT_MARK : '';
  const told = event === 'began' || event === 'again' ? `${severities[severity]}: ${title}` : title;
  return {
    subject: `${mark}[${fspId} ${environment}] ${told}${event === 'again' || event === 'ended' ? ` (${events[event]})` : ''}`,
    text: `${paragraphs.map((lines) => lines.map((line) => mark + line).join('\n')).join('\n\n')}\n`,
    html: htmlOf(paragraphs, words, notice.link),
  };
}

/** Each with its lines. */
function paragraphsOf(notice: AlertNotice, words: ToldWords): readonly (readonly string[])[] {
  const { rule, event, title, what, code, fspId, environment, began, ended, link } = notice;
  const { alerts, exceptions, language } = words;
  const { direction, name, unreviewed } = knownOf(language);
  const value = direction === 'rtl' ? leftToRight : (text: string): string => text;
  const known = isRule(alerts.rules, rule) && event !== 'ended' ? alerts.rules[rule].means : undefined;
  const explained = rule === 'exceptions' ? exceptions.codes[code] : undefined;
  const causes = what === undefined ? [value(code)] : [`${what} (${value(code)})`];
  return [
    [title],
    known === undefined ? [] : [known],
    event === 'test' ? [] : explained === undefined || event === 'ended' ? causes : [...causes, explained.meaning, explained.advice],
    [
      value(`${fspId}, ${environment}`),
      `${alerts.since}: ${value(began)}`,
      ...(ended === undefined ? [] : [`${alerts.until}: ${value(ended)}`]),
      ...(link === undefined ? [] : [`${alerts.where}: ${value(link)}`]),
    ],
    unreviewed === undefined ? [] : [`${name}: ${unreviewed}`],
  ].filter((lines) => lines.length > 0);
}

const isRule = <T extends object>(rules: T, rule: string): rule is Extract<keyof T, string> => Object.hasOwn(rules, rule);

/** Said on the element, too: some readers of mail keep nothing of `html` and `body`. */
function htmlOf(paragraphs: readonly (readonly string[])[], { language }: ToldWords, link: string | undefined): string {
  const read = `lang="${language}" dir="${knownOf(language).direction}"`;
  const line = (text: string): string => {
    const said = escaped(text);
    return link === undefined ? said : said.replace(escaped(link), (address) => `<a href="${address}">${address}</a>`);
  };
  const [head = [], ...rest] = paragraphs.map((lines) => lines.map(line).join('<br>\n'));
  return [
    '<!doctype html>',
    `<html ${read}>`,
    `<head><meta charset="utf-8"><title>${head}</title></head>`,
    `<body><div ${read}>`,
    `<p><strong>${head}</strong></p>`,
    ...rest.map((one) => `<p>${one}</p>`),
    '</div></body></html>\n',
  ].join('\n');
}
