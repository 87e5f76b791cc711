import { isAbsolute, relative, resolve, sep } from 'node:path';
import { businessDays } from '@payment-manager/runtime';
import type { ConfigProblem } from './problem.ts';
import type { Config } from './schema.ts';

/** What must hold between the keys of `journal`. */
export function journalChecks({ journal, businessDay, dataFolder }: Config): ConfigProblem[] {
  const { store, postgresUrl = '', postgresSchema } = journal;
  const advice = 'Give it in the environment as PM_JOURNAL_POSTGRES_URL, for example postgres://user:password@host/database.';
  return [
    ...businessDayChecks(businessDay),
    ...backupChecks(journal, dataFolder),
    ...(store === 'postgres' && !/^postgres(ql)?:\/\/[^\s/]+\/[^\s/]+$/.test(postgresUrl)
      ? [
          {
            where: 'journal.postgresUrl',
            expected: 'a URL of PostgreSQL with host and database, because `journal.store` is postgres',
            found: postgresUrl === '' ? 'nothing' : 'another text [secret]',
            advice,
          },
        ]
      : databaseTls(journal)),
    ...(/^[a-z_][a-z0-9_]{0,40}$/.test(postgresSchema)
      ? []
      : [
          {
            where: 'journal.postgresSchema',
            expected: 'small letters, digits and _, at most 41',
            found: 'another text',
            advice: 'Keep the default, payment_manager.',
          },
        ]),
  ];
}

function backupChecks({ store, backup: { folder } }: Config['journal'], dataFolder: string): ConfigProblem[] {
  if (folder === undefined) return [];
  const where = 'journal.backup.folder';
  if (store === 'postgres')
    return [
      {
        where,
        expected: 'nothing, because `journal.store` is postgres',
        found: folder,
        advice: 'Remove it, and copy the database with PostgreSQL’s own means (docs/operations/backup.md).',
      },
    ];
  const way = relative(resolve(dataFolder), resolve(folder));
  const within = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  return within
    ? [
        {
          where,
          expected: 'a folder outside `dataFolder`: what takes the data would take its copies, and journal.key opens them',
          found: folder,
          advice: 'Give a folder on another disk.',
        },
      ]
    : [];
}

/** What is on this machine: by name, by address, or a socket's folder. */
const HERE = /^postgres(ql)?:\/\/([^@/]*@)?(localhost|127\.[\d.]+|\[::1\]|%2F[^:/?]*)(:\d+)?\//i;

/** Payments and the password cross the network to another machine by TLS, unless somebody says that they need not. */
function databaseTls({
  store,
  postgresUrl = '',
  postgresCaFile,
  postgresCertificateFile,
  postgresKeyFile,
}: Config['journal']): ConfigProblem[] {
  if (store !== 'postgres') return [];
  const query = /\?(.*)$/s.exec(postgresUrl)?.[1];
  const problems: ConfigProblem[] = [];
  if (query !== undefined && (postgresCaFile !== undefined || !['sslmode=verify-full', 'sslmode=disable'].includes(query)))
    problems.push({
      where: 'journal.postgresUrl',
      expected:
        postgresCaFile === undefined
          ? 'after the database nothing, or ?sslmode=verify-full or ?sslmode=disable'
          : 'nothing after the database, because `journal.postgresCaFile` demands TLS',
      found: 'another text [secret]',
      advice: 'Remove the part after the question mark. What a connection needs is set automatically.',
    });
  if (query === undefined && postgresCaFile === undefined && !HERE.test(postgresUrl))
    problems.push({
      where: 'journal.postgresCaFile',
      expected: 'the path of a file, because PostgreSQL is on another machine and is reached by TLS',
      found: 'nothing',
      advice:
        'Set it to the CA of the server’s certificate; or end `journal.postgresUrl` in ?sslmode=verify-full where that is a public CA, or in ?sslmode=disable where nobody else is on the network between.',
    });
  const own = [postgresCertificateFile, postgresKeyFile].filter((file) => file !== undefined).length;
  if (own === 1 || (own === 2 && postgresCaFile === undefined))
    problems.push({
      where: 'journal.postgresCertificateFile',
      expected: '`journal.postgresCertificateFile`, `journal.postgresKeyFile` and `journal.postgresCaFile` together',
      found: 'some of them',
      advice: 'Give all three, or the last one alone.',
    });
  return problems;
}

function businessDayChecks(businessDay: Config['businessDay']): ConfigProblem[] {
  try {
    businessDays(businessDay);
    return [];
  } catch {
    const isTime = /^([01]\d|2[0-3]):[0-5]\d$/.test(businessDay.cutOff);
    return [
      isTime
        ? {
            where: 'businessDay.zone',
            expected: 'a time zone by its IANA name',
            found: businessDay.zone,
            advice: 'Give one like Africa/Dar_es_Salaam, or UTC.',
          }
        : {
            where: 'businessDay.cutOff',
            expected: 'a time of day, 00:00 to 23:59',
            found: businessDay.cutOff,
            advice: 'Give it with two digits each, like 22:00.',
          },
    ];
  }
}
