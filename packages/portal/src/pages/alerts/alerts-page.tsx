import { Button } from '@mantine/core';
import type { ShownAlerts, ShownIncident, ShownTest } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Mark } from '../../components/mark.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './alerts.module.css';
import { ALERTS } from './alerts-texts.ts';
import { IncidentPanel } from './incident-panel.tsx';
import { IncidentTable } from './incident-table.tsx';
import { RulesPanel } from './rules-panel.tsx';

const EACH_MS = 10_000;
const route = getRouteApi('/shell/alerts');

/** What is wrong now, who was told, who looks after it, and what has ended. */
export default function AlertsPage(): ReactElement {
  const texts = useTexts(ALERTS);
  const { incident: chosen } = route.useSearch();
  const mayTest = useMay('alerts:test');
  const [testing, setTesting] = useState(false);
  const [looking, setLooking] = useState<ShownIncident>();
  const alerts = useQuery({
    queryKey: ['alerts'],
    queryFn: () => ask<ShownAlerts>('GET /alerts'),
    refetchInterval: EACH_MS,
    meta: { live: true },
  });
  return (
    <>
      <PageHead title={texts.title}>
        {mayTest && alerts.data && (
          <Button size="xs" variant="default" onClick={() => setTesting(true)}>
            {texts.test}
          </Button>
        )}
      </PageHead>
      <Asked query={alerts} permission="overview:read">
        {(data) => {
          const open = data.incidents.filter(({ state }) => state === 'open');
          const ended = data.incidents.filter(({ state }) => state === 'ended');
          const shown = data.incidents.find(({ id }) => id === chosen);
          return (
            <div className={shapes['page']}>
              {shown && (
                <IncidentPanel incident={shown} page={data.rules.find(({ rule }) => rule === shown.rule)?.page} look={setLooking} />
              )}
              <Panel title={texts.open} flush>
                {open.length === 0 ? (
                  <EmptyState icon="check" title={texts.nothingTitle}>
                    <p>{texts.nothing}</p>
                  </EmptyState>
                ) : (
                  <IncidentTable label={texts.open} incidents={open} look={setLooking} />
                )}
              </Panel>
              <Panel title={texts.ended} flush={ended.length > 0}>
                {ended.length === 0 ? (
                  <p className={shapes['quiet']}>{texts.noneEnded}</p>
                ) : (
                  <IncidentTable label={texts.ended} incidents={ended} />
                )}
              </Panel>
              <RulesPanel alerts={data} />
              {testing && <TestDialog channels={data.channels.length} close={() => setTesting(false)} />}
            </div>
          );
        }}
      </Asked>
      {looking && <AcknowledgeDialog incident={looking} close={() => setLooking(undefined)} />}
    </>
  );
}

function AcknowledgeDialog({ incident, close }: { readonly incident: ShownIncident; readonly close: () => void }): ReactElement {
  const texts = useTexts(ALERTS);
  return (
    <ActDialog
      title={`${texts.acknowledge}: ${texts.kinds[incident.rule]?.name ?? incident.code}`}
      confirm={texts.acknowledge}
      changes={[['alerts']]}
      act={(reason) => ask('POST /alerts/acknowledge', { body: { id: incident.id, reason } })}
      close={close}
    >
      <p>{texts.acknowledgeHint}</p>
    </ActDialog>
  );
}

function TestDialog({ channels, close }: { readonly channels: number; readonly close: () => void }): ReactElement {
  const texts = useTexts(ALERTS);
  return (
    <ActDialog
      title={texts.test}
      confirm={texts.test}
      ready={channels > 0}
      changes={[]}
      act={(reason) => ask<{ readonly results: readonly ShownTest[] }>('POST /alerts/test', { body: { reason } })}
      result={({ results }) => (
        <ul className={`${shapes['list']} ${styles['results']}`}>
          {results.map(({ channel, kind, problem }) => (
            <li key={channel}>
              <Mark tone={kind === 'sent' ? 'good' : 'bad'}>{texts.results[kind]}</Mark> {texts.channels[channel]}
              {problem !== undefined && <small lang="en">{problem}</small>}
            </li>
          ))}
        </ul>
      )}
      close={close}
    >
      <p>{channels > 0 ? texts.testHint : texts.testNoChannel}</p>
    </ActDialog>
  );
}
