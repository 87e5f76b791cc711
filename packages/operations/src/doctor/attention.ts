import { type Finding, findingsOf } from './finding.ts';

/** A line of `GET /exceptions` or `GET /alarms`. */
interface Row {
  readonly payment: string;
  readonly level: string;
  readonly code: string;
  readonly reason: string;
  readonly since: string;
  readonly momentary?: boolean;
}

/** What the running product says needs somebody; undefined where it was not answered. */
export interface ShownAttention {
  readonly exceptions: readonly Row[] | undefined;
  readonly alarms: readonly Row[] | undefined;
}

/** Alarms that are told by themselves; of more only how many. */
const SHOWN_MOST = 10;

/** A finding for each code of exceptions that stand, and for each alarm that does. What only happened once is told without a judgement. */
export function attentionFindings({ exceptions, alarms }: ShownAttention): readonly Finding[] {
  return [...exceptionFindings(exceptions), ...alarmFindings(alarms?.filter(({ level }) => level !== 'exception'))];
}

function exceptionFindings(rows: readonly Row[] | undefined): readonly Finding[] {
  const findings = findingsOf('payments');
  if (rows === undefined) return [findings.failed('exceptions', 'the product does not report which payments need a person', WHY_NOT)];
  if (rows.length === 0) return [findings.passed('exceptions', 'no payment needs a person')];
  return [...Map.groupBy(rows, ({ code }) => code)].map(([code, found]) => {
    const since = found.map((row) => row.since).sort()[0];
    const needing = found.length === 1 ? '1 payment needs' : `${found.length} payments need`;
    return findings.failed(
      'exceptions',
      `${code}: ${needing} a person, since ${since}`,
      'List them: ./pm exceptions. What to do for each code: docs/errors.md',
    );
  });
}

function alarmFindings(rows: readonly Row[] | undefined): readonly Finding[] {
  const findings = findingsOf('alarms');
  if (rows === undefined) return [findings.failed('standing', 'the product does not report its alarms', WHY_NOT)];
  const standing = rows.filter(({ momentary }) => momentary !== true);
  const told = standing
    .slice(0, SHOWN_MOST)
    .map(({ code, payment, reason }) =>
      findings.warning('standing', `${code} (${payment}): ${reason}`, 'What to do: docs/operations/alarms.md'),
    );
  const more = standing.length - told.length;
  if (more > 0) told.push(findings.warning('standing', `${more} more alarms are active`, 'GET /alarms of the operations API lists them.'));
  if (told.length === 0) told.push(findings.passed('standing', 'none'));
  const happened = [...Map.groupBy(rows, ({ code, momentary }) => (momentary === true ? code : ''))].filter(([code]) => code !== '');
  if (happened.length === 0) return told;
  return [
    ...told,
    findings.passed('happened', `since the start: ${happened.map(([code, { length }]) => `${code} (${length})`).join(', ')}`),
  ];
}

const WHY_NOT = 'See its log; most likely the journal does not answer.';
