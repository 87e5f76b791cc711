import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { problemOf } from '../../api/problem.ts';
import { PageHead } from '../../components/page-head.tsx';
import { Panel } from '../../components/panel.tsx';
import { PartTabs } from '../../components/part-tabs.tsx';
import { Asked, EmptyState, NoPermissionState } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { ConnectorAnswer } from './answers.ts';
import { ChangesPart } from './changes-part.tsx';
import { CONNECTOR } from './connector-texts.ts';
import { OperationsPart } from './operations-part.tsx';
import { OverviewPart } from './overview-part.tsx';
import { ReplayPart } from './replay-part.tsx';
import { TryPart } from './try-part.tsx';

const route = getRouteApi('/shell/connector');
const EACH_MS = 10_000;

/** How the core is reached: what runs, how its back ends are, what a new version would change. */
export default function ConnectorPage(): ReactElement {
  const texts = useTexts(CONNECTOR);
  const mayRead = useMay('connector:read');
  const mayTry = useMay('connector:try');
  const { part: wanted } = route.useSearch();
  const connector = useQuery({
    queryKey: ['connector'],
    queryFn: () => ask<ConnectorAnswer>('GET /connector'),
    refetchInterval: EACH_MS,
    enabled: mayRead,
  });
  if (!mayRead) return <NoPermissionState />;
  const parts = mayTry
    ? (['overview', 'operations', 'changes', 'try', 'replay'] as const)
    : (['overview', 'operations', 'changes'] as const);
  const part = parts.find((one) => one === wanted) ?? 'overview';
  const none = connector.isError && problemOf(connector.error).shown.code === 'SWITCHED_OFF';
  return (
    <>
      <PageHead title={texts.title} aside={connector.data?.name} />
      {none ? (
        <Panel>
          <EmptyState icon="connector" title={texts.noneTitle}>
            <p>{texts.none}</p>
          </EmptyState>
        </Panel>
      ) : (
        <>
          <PartTabs label={texts.parts} parts={parts.map((one) => ({ part: one, text: texts.part[one] }))} current={part} />
          <Asked query={connector} permission="connector:read">
            {(data) => <Part part={part} connector={data} />}
          </Asked>
        </>
      )}
    </>
  );
}

function Part({ part, connector }: { readonly part: string; readonly connector: ConnectorAnswer }): ReactElement {
  switch (part) {
    case 'operations':
      return <OperationsPart connector={connector} />;
    case 'changes':
      return <ChangesPart connector={connector} />;
    case 'try':
      return <TryPart fixtures={connector.fixtures} />;
    case 'replay':
      return <ReplayPart />;
    default:
      return <OverviewPart connector={connector} />;
  }
}
