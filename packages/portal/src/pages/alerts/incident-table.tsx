import { Button } from '@mantine/core';
import type { ShownIncident } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { Mark } from '../../components/mark.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './alerts.module.css';
import { ALERTS } from './alerts-texts.ts';

interface IncidentTableProps {
  readonly label: string;
  readonly incidents: readonly ShownIncident[];
  /** Says that one looks after it; absent: they have ended. */
  readonly look?: (incident: ShownIncident) => void;
}

/** Incidents, each in a line: what, since when, who was told, who looks. */
export function IncidentTable({ label, incidents, look }: IncidentTableProps): ReactElement {
  const { heads } = useTexts(ALERTS);
  const names =
    look === undefined
      ? [heads.since, heads.lasted, heads.what, heads.told, heads.looks]
      : [heads.since, heads.what, heads.told, heads.looks];
  return (
    <Table label={label} head={<TableHeads names={names} acts />}>
      {incidents.map((incident) => (
        <IncidentRow key={incident.id} incident={incident} {...(look && { look })} />
      ))}
    </Table>
  );
}

function IncidentRow({
  incident,
  look,
}: {
  readonly incident: ShownIncident;
  readonly look?: (incident: ShownIncident) => void;
}): ReactElement {
  const texts = useTexts(ALERTS);
  const { moment, duration, count } = useFormats();
  const mayLook = useMay('alarms:mute');
  const { id, rule, code, severity, since, endedAt, gaps, acknowledged, deliveries } = incident;
  const name = texts.kinds[rule]?.name ?? code;
  const told = [...new Set(deliveries.filter(({ state }) => state === 'sent').map(({ channel }) => channel))];
  const nobody = endedAt === undefined ? texts.nobody : texts.nobodyAtAll;
  const untaken = deliveries.filter(({ state, attempts }) => state === 'owed' && attempts > 0).map(({ channel }) => channel);
  return (
    <tr>
      <td>{moment(since, now())}</td>
      {endedAt !== undefined && <td>{duration(endedAt - since)}</td>}
      <td className={styles['what']}>
        <span className={shapes['line']}>
          {endedAt === undefined && <Mark tone={severity === 'critical' ? 'bad' : 'wait'}>{texts.severities[severity]}</Mark>}
          <strong>{name}</strong>
        </span>
        <small>
          {code}
          {rule === 'exceptions' && ` · ${texts.payments(count(incident.count), incident.count === 1)}`}
          {gaps > 0 && ` · ${texts.cameBack(count(gaps))}`}
        </small>
      </td>
      <td>
        {told.length > 0 ? told.map((channel) => texts.channels[channel]).join(', ') : <span className={shapes['quiet']}>{nobody}</span>}{' '}
        {[...new Set(untaken)].map((channel) => (
          <Mark key={channel} tone="bad">{`${texts.channels[channel]}: ${texts.results.failed}`}</Mark>
        ))}
      </td>
      <td>
        {acknowledged ? (
          <span title={acknowledged.reason}>{nameIn(acknowledged.by)}</span>
        ) : (
          <span className={shapes['quiet']}>{nobody}</span>
        )}
      </td>
      <td>
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          {look && mayLook && acknowledged === undefined && (
            <Button variant="default" size="compact-sm" aria-label={`${texts.acknowledge}: ${name}`} onClick={() => look(incident)}>
              {texts.acknowledge}
            </Button>
          )}
          <Link to="/alerts" search={{ incident: id }} aria-label={`${texts.details}: ${name}, ${moment(since, now())}`}>
            {texts.details}
          </Link>
        </div>
      </td>
    </tr>
  );
}

/** `user:amara` as people say it. */
export function nameIn(by: string): string {
  return by.replace(/^\w+:/, '');
}
