import type { CaseResult, Certification } from './certification.ts';

/** The report as Markdown: what a bank keeps, and what its auditor reads. */
export function markdownReport(certification: Certification): string {
  const { connector, passed, failed, skipped, cases, random, seconds } = certification;
  const rows = cases.map(({ id, name, result, seconds: took, details }) => {
    const why = details.length === 0 ? '' : `<br>${details.map(cell).join('<br>')}`;
    return `| ${cell(id)} | ${cell(name)}${why} | ${result} | ${took.toFixed(2)} |`;
  });
  return [
    `# Certification of ${connector}`,
    '',
    `${passed} of ${passed + failed} cases passed, ${failed} failed, ${skipped} skipped, in ${seconds.toFixed(1)} s.`,
    '',
    'The connector ran on its engine against the core that `certify.yaml` describes. That a real core behaves so is not shown by it.',
    '',
    ...(random === undefined ? [] : randomLines(random)),
    '| case | what | result | s |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function randomLines({
  payments,
  committed,
  aborted,
  refused,
  kills,
  faultsMet,
  sums,
}: NonNullable<Certification['random']>): readonly string[] {
  return [
    '| random payments | committed | aborted | refused | faults met | kills | ledger of the core | records | outcomes |',
    '|---|---|---|---|---|---|---|---|---|',
    `| ${payments} | ${committed} | ${aborted} | ${refused} | ${faultsMet} | ${kills} | ${sums.ledger} | ${sums.records} | ${sums.outcomes} |`,
    '',
  ];
}

/** A text within a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ');
}

/** The report as JUnit XML, for a pipeline. */
export function junitReport({ connector, failed, skipped, cases, seconds }: Certification): string {
  const head = `<testsuite name="${xml(connector)}" tests="${cases.length}" failures="${failed}" skipped="${skipped}" time="${seconds}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases.map(junitCase(connector)), '</testsuite>', ''].join('\n');
}

function junitCase(connector: string): (result: CaseResult) => string {
  return ({ id, name, result, details, seconds }) => {
    const begin = `  <testcase classname="${xml(connector)}" name="${xml(`${id} ${name}`)}" time="${seconds}"`;
    if (result === 'passed') return `${begin}/>`;
    const inside =
      result === 'skipped' ? `<skipped message="${xml(details.join('; '))}"/>` : `<failure>${xml(details.join('\n'))}</failure>`;
    return `${begin}>${inside}</testcase>`;
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML has none of them
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?').replaceAll(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
}

/** The report as JSON has it. */
export function jsonReport({ connector, passed, failed, skipped, cases, payments, random, seconds }: Certification): object {
  const { faults: _faults, ...sums } = random ?? { faults: [] };
  return { connector, passed, failed, skipped, cases, payments, ...(random !== undefined && { random: sums }), seconds };
}
