import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { problemOf } from '../../api/problem.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { ShownCertificate } from './answers.ts';
import { HEALTH } from './health-texts.ts';

const DAY_MS = 86_400_000;
const SHOWN = 6;

/** What will expire, the next first. */
export function ExpiringPanel(): ReactElement {
  const texts = useTexts(HEALTH);
  const { day, count } = useFormats();
  const certificates = useQuery({
    queryKey: ['connection', 'certificates'],
    queryFn: () => ask<{ readonly certificates: readonly ShownCertificate[] }>('GET /connection/certificates'),
    staleTime: 60_000,
  });
  const withoutVault = certificates.isError && problemOf(certificates.error).shown.code === 'SWITCHED_OFF';
  const heads = [texts.heads.certificate, texts.heads.subject, texts.heads.until, texts.heads.left];
  return (
    <Panel title={texts.expiring} aside={<Link to="/connection">{texts.toConnection}</Link>} flush>
      {withoutVault ? (
        <EmptyState icon="key" title={texts.noVaultTitle}>
          <p>{texts.noVault}</p>
        </EmptyState>
      ) : (
        <Asked query={certificates} permission="connection:read">
          {(data) => {
            const next = data.certificates.filter(({ state }) => state === 'active').sort((a, b) => a.validTo - b.validTo);
            if (next.length === 0)
              return (
                <EmptyState icon="key" title={texts.noneInUseTitle}>
                  <p>{texts.noneInUse}</p>
                </EmptyState>
              );
            return (
              <Table label={texts.expiring} head={<TableHeads names={heads} />}>
                {next.slice(0, SHOWN).map(({ keyId, purpose, subject, validTo }) => {
                  const days = Math.floor((validTo - now()) / DAY_MS);
                  return (
                    <tr key={keyId}>
                      <td>{texts.purposes[purpose] ?? purpose}</td>
                      <td>{subject}</td>
                      <td>{day(validTo)}</td>
                      <td>
                        <Mark tone={toneOf(days)}>{days < 0 ? texts.over : texts.days(count(days))}</Mark>
                      </td>
                    </tr>
                  );
                })}
              </Table>
            );
          }}
        </Asked>
      )}
    </Panel>
  );
}

function toneOf(days: number): Tone {
  if (days < 7) return 'bad';
  return days < 30 ? 'wait' : 'good';
}
