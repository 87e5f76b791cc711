import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { problemOf } from '../../api/problem.ts';
import { PageHead } from '../../components/page-head.tsx';
import { PartTabs } from '../../components/part-tabs.tsx';
import { Asked, EmptyState, NoPermissionState } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { Progress } from './answers.ts';
import { CertificatesPart } from './certificates-part.tsx';
import { CONNECTION } from './connection-texts.ts';
import { EndpointsPart } from './endpoints-part.tsx';
import { KeysPart } from './keys-part.tsx';
import { PromotionPart } from './promotion-part.tsx';
import { StepsPart } from './steps-part.tsx';
import { TestPart } from './test-part.tsx';

const route = getRouteApi('/shell/connection');
const PARTS = ['steps', 'endpoints', 'certificates', 'keys', 'test', 'promotion'] as const;
const EACH_MS = 5_000;

/** The way into the scheme, and what keeps us there. */
export default function ConnectionPage(): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayRead = useMay('connection:read');
  const maySeeConfiguration = useMay('configuration:read');
  const { part: wanted } = route.useSearch();
  const progress = useQuery({
    queryKey: ['connection', 'progress'],
    queryFn: () => ask<Progress>('GET /connection/progress'),
    refetchInterval: EACH_MS,
    enabled: mayRead,
  });
  if (!mayRead) return <NoPermissionState />;
  const parts = PARTS.filter((part) => part !== 'promotion' || maySeeConfiguration);
  const part = parts.find((one) => one === wanted) ?? 'steps';
  const withoutVault = progress.isError && problemOf(progress.error).shown.code === 'SWITCHED_OFF';
  return (
    <>
      <PageHead title={texts.title} aside={progress.data && texts.done(String(progress.data.done), String(progress.data.steps))} />
      {withoutVault ? (
        <EmptyState icon="key" title={texts.noVaultTitle}>
          <p>{texts.noVault}</p>
        </EmptyState>
      ) : (
        <>
          <PartTabs label={texts.parts} parts={parts.map((one) => ({ part: one, text: texts.part[one] }))} current={part} />
          <Asked query={progress} permission="connection:read">
            {(data) => <Part part={part} progress={data} />}
          </Asked>
        </>
      )}
    </>
  );
}

function Part({ part, progress }: { readonly part: (typeof PARTS)[number]; readonly progress: Progress }): ReactElement {
  switch (part) {
    case 'endpoints':
      return <EndpointsPart />;
    case 'certificates':
      return <CertificatesPart byHand={!progress.connectionManager} />;
    case 'keys':
      return <KeysPart progress={progress} />;
    case 'test':
      return <TestPart />;
    case 'promotion':
      return <PromotionPart />;
    case 'steps':
      return <StepsPart progress={progress} />;
  }
}
