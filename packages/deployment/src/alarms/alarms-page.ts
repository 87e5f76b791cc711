import type { AlarmEntries, AlarmEntry } from './alarm-entry.ts';
import { MESSAGE_ALARMS } from './message-alarms.ts';
import { SERVICE_ALARMS } from './service-alarms.ts';
import { TRUST_ALARMS } from './trust-alarms.ts';

export const ALARM_ENTRIES = { ...SERVICE_ALARMS, ...TRUST_ALARMS, ...MESSAGE_ALARMS } as const satisfies AlarmEntries;

/** The page with a section for each code, from the root of the project. */
export const ALARMS_PAGE = 'docs/operations/alarms.md';

/** What a rule of Prometheus says of an alarm of which alone it tells. */
export function saidOf(code: keyof typeof ALARM_ENTRIES): Pick<AlarmEntry, 'means' | 'look' | 'act'> {
  const { means, look, act } = ALARM_ENTRIES[code];
  return { means, look, act };
}

/** What each alarm means, how to look, and what to do. */
export function alarmsPage(entries: AlarmEntries = ALARM_ENTRIES): string {
  const codes = Object.keys(entries).sort();
  const sections = codes.map((code) => {
    const { kind, means, look, act } = entries[code] as AlarmEntry;
    return [`## ${code}`, `*${kind}*: ${means}`, `Look: ${look.join('; ')}.`, `Do: ${act.join(' ')}`].join('\n\n');
  });
  const head = `# Alarms: what to do

What to do when one of these is told by a webhook, a mail, the portal, the log or a rule of Prometheus ([alarms.md](../alarms.md) says how). *stands*: it ends by itself, or
when its cause is removed. *once*: it happened, and does not end. Written by \`./pm monitoring\`.

Payments that need a person have codes of their own, the kind *exception*: what each means is in [errors.md](../errors.md#what-needs-a-person), how to resolve them in [exceptions.md](../exceptions.md#act), all of
them in the [list of codes](../alarms.md#every-alarm).

First, whatever it is: \`./pm doctor\` lists each alarm that stands with its **reason**, which names the address, file, peer or day; where there is a portal, \`./pm top --once\` and the
page Health show what is broken. What happened once is in the log, and in \`GET /alarms\`, which wants the token of the operations API:

\`\`\`
curl -H "Authorization: Bearer $(cat DATAFOLDER/operations.token)" http://127.0.0.1:4004/alarms   # operations.host and operations.port
\`\`\`

On the machine, as the product’s user. The image of a container has neither a shell nor curl: there \`./pm doctor\`, the log, or a look from the machine where the port is published.

How \`./pm\` is called as a service, in a container and in a cluster: [alerts.md](alerts.md).

${codes.map((code) => `[${code}](#${code.toLowerCase()})`).join(' · ')}`;
  return `${[head, ...sections].join('\n\n')}\n`;
}
