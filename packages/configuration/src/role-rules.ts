import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** What a process that does a part of the work needs. */
export function roleChecks({ role, journal, management }: Pick<Config, 'role' | 'journal' | 'management'>): ConfigProblem[] {
  if (role === 'all') return [];
  return [
    ...(journal.store === 'postgres'
      ? []
      : [
          {
            where: 'role',
            expected: 'all, because the journal is a file, which one process alone can use',
            found: role,
            advice: 'Set `journal.store` to postgres, or leave `role` out.',
          },
        ]),
    ...(role === 'management' && !management.enabled
      ? [
          {
            where: 'management.enabled',
            expected: 'true, because `role` is management',
            found: 'false',
            advice: 'Set it to true (PM_MANAGEMENT_ENABLED); processes with `role: payments` open no portal all the same.',
          },
        ]
      : []),
  ];
}
