/** One thing that is wrong with the configuration, in the terms of the one who wrote it. */
export interface ConfigProblem {
  /** Path of the key with dots, or the name of the environment variable or file. */
  readonly where: string;
  readonly expected: string;
  /** What was found; secrets are masked before they come here. */
  readonly found: string;
  readonly advice: string;
}

/** The configuration cannot be used. Nothing was started. Do: mend what each problem names, then start again (exit code 78). */
export class ConfigInvalid extends Error {
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map(line).join('\n')}`,
    );
    this.name = 'ConfigInvalid';
    this.problems = problems;
  }
}

function line(problem: ConfigProblem): string {
  return `  ${problem.where}\n    expected: ${problem.expected}\n    found:    ${problem.found}\n    do:       ${problem.advice}`;
}
