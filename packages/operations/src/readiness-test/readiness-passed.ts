import type { Finding } from '../doctor/finding.ts';

/** What must have been seen to be well. A look that was skipped proves nothing. */
const NEEDED: readonly (readonly [part: string, check: string])[] = [
  ['hub', 'answer'],
  ['product', 'ready'],
  ['signature', 'published key'],
  ['look-up', 'round trip'],
];

/** Whether an environment may be called connected. */
export function readinessPassed(findings: readonly Finding[]): boolean {
  const well = ([part, check]: readonly [string, string]): boolean =>
    findings.some((finding) => finding.part === part && finding.check === check && finding.state === 'passed');
  return (
    NEEDED.every(well) &&
    (well(['own listener', 'certificate']) || behindProxy(findings)) &&
    findings.every(({ state }) => state !== 'failed')
  );
}

/** A proxy that cannot be seen from here is tested all the same: without it no answer to the look-up would have come. */
function behindProxy(findings: readonly Finding[]): boolean {
  return findings.some(({ part }) => part === 'proxy');
}
