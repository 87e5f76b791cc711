import { Button } from '@mantine/core';
import type { ShownIncident } from '@payment-manager/management-api/types';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useMay } from '../../api/me.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { useFrameTexts } from '../../text/frame/frame-texts.ts';
import styles from './alerts.module.css';
import { ALERTS } from './alerts-texts.ts';
import { nameIn } from './incident-table.tsx';

interface IncidentPanelProps {
  readonly incident: ShownIncident;
  /** Page about it. */
  readonly page: string | undefined;
  readonly look: (incident: ShownIncident) => void;
}

/** One incident: what it means, where to look, who was told when. */
export function IncidentPanel({ incident, page, look }: IncidentPanelProps): ReactElement {
  const texts = useTexts(ALERTS);
  const frame = useFrameTexts();
  const mayLook = useMay('alarms:mute');
  const { instant, duration } = useFormats();
  const { rule, code, reason, state, since, endedAt, acknowledged, deliveries } = incident;
  const name = texts.kinds[rule]?.name ?? code;
  const pages: Readonly<Record<string, string>> = frame.pages;
  return (
    <Panel title={name} aside={<Link to="/alerts">{frame.close}</Link>}>
      <p className={styles['means']}>{texts.kinds[rule]?.means}</p>
      <Facts>
        <Fact name={texts.heads.since}>{instant(since)}</Fact>
        {endedAt !== undefined && <Fact name={texts.heads.until}>{`${instant(endedAt)} (${duration(endedAt - since)})`}</Fact>}
        <Fact name={texts.heads.what}>
          <span lang="en">{reason}</span> <code className={shapes['small']}>{code}</code>
        </Fact>
        {page !== undefined && page !== '/alerts' && (
          <Fact name={texts.where}>
            <Link to={page}>{pages[page.slice(1)] ?? page}</Link>
          </Fact>
        )}
        <Fact name={texts.heads.looks}>
          {acknowledged ? `${nameIn(acknowledged.by)}: ${acknowledged.reason}` : state === 'open' ? texts.nobody : texts.nobodyAtAll}{' '}
          {mayLook && state === 'open' && acknowledged === undefined && (
            <Button variant="default" size="compact-sm" onClick={() => look(incident)}>
              {texts.acknowledge}
            </Button>
          )}
        </Fact>
      </Facts>
      <h3 className={styles['heading']}>{texts.deliveries}</h3>
      {deliveries.length === 0 ? (
        <p className={shapes['quiet']}>{texts.noDeliveries}</p>
      ) : (
        <div className={styles['deliveries']}>
          <Table label={texts.deliveries} head={<TableHeads names={Object.values(texts.deliveryHeads)} />}>
            {deliveries.map((one) => (
              <tr key={`${one.channel} ${one.event} ${one.at}`}>
                <td>{instant(one.sentAt ?? one.at)}</td>
                <td>{texts.channels[one.channel]}</td>
                <td>{texts.events[one.event]}</td>
                <td>
                  {texts.states[one.state](one.attempts)} {one.problem !== undefined && <small lang="en">{one.problem}</small>}
                </td>
              </tr>
            ))}
          </Table>
        </div>
      )}
    </Panel>
  );
}
