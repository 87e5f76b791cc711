import type { ReactElement } from 'react';
import { useMay } from '../../api/me.ts';
import { PageHead } from '../../components/page-head.tsx';
import { NoPermissionState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { AlarmsPanel } from './alarms-panel.tsx';
import { ExpiringPanel } from './expiring-panel.tsx';
import { HEALTH } from './health-texts.ts';
import { MovingPanel } from './moving-panel.tsx';
import { PartsPanel } from './parts-panel.tsx';
import { RestoredPanel } from './restored-panel.tsx';

/** Is money moving, what is broken, what will expire. */
export default function HealthPage(): ReactElement {
  const texts = useTexts(HEALTH);
  const mayRead = useMay('overview:read');
  if (!mayRead) return <NoPermissionState />;
  return (
    <>
      <PageHead title={texts.title} />
      <div className={shapes['page']}>
        <RestoredPanel />
        <div className={shapes['beside']}>
          <MovingPanel />
          <PartsPanel />
        </div>
        <AlarmsPanel />
        <ExpiringPanel />
      </div>
    </>
  );
}
