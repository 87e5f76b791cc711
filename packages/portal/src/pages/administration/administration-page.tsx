import type { Permission } from '@payment-manager/management-api/types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { PageHead } from '../../components/page-head.tsx';
import { PartTabs } from '../../components/part-tabs.tsx';
import { NoPermissionState } from '../../components/states.tsx';
import { useTexts } from '../../text/catalogue.ts';
import { ADMINISTRATION } from './administration-texts.ts';
import type { ApprovalsAnswer } from './answers.ts';
import { ApiKeysPart } from './api-keys-part.tsx';
import { ApprovalsPart } from './approvals-part.tsx';
import { AuditPart } from './audit-part.tsx';
import { SettingsPart } from './settings-part.tsx';
import { UsersPart } from './users-part.tsx';

const route = getRouteApi('/shell/administration');

const PARTS = {
  approvals: 'approvals:read',
  users: 'users:read',
  'api-keys': 'api-keys:read',
  audit: 'audit:read',
  settings: 'configuration:read',
} as const satisfies Readonly<Record<string, Permission>>;
type PartName = keyof typeof PARTS;

/** Who may what, what waits for a second person, what was done, and what is configured. */
export default function AdministrationPage(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const mayRead = useMay('approvals:read');
  const { permissions } = useMe();
  const { part: wanted } = route.useSearch();
  const approvals = useQuery({
    queryKey: ['approvals'],
    queryFn: () => ask<ApprovalsAnswer>('GET /approvals'),
    enabled: mayRead,
    refetchInterval: 30_000,
  });
  if (!mayRead) return <NoPermissionState />;
  const parts = (Object.keys(PARTS) as PartName[]).filter((part) => permissions.includes(PARTS[part]));
  const part = parts.find((one) => one === wanted) ?? 'approvals';
  const forbidden = wanted !== undefined && Object.hasOwn(PARTS, wanted) && part !== wanted;
  const waiting = approvals.data?.approvals.filter(({ state }) => state === 'waiting').length ?? 0;
  return (
    <>
      <PageHead title={texts.title} />
      <PartTabs
        label={texts.parts}
        parts={parts.map((one) => ({ part: one, text: texts.part[one], ...(one === 'approvals' && { count: waiting }) }))}
        current={part}
      />
      {forbidden ? <NoPermissionState /> : <Part part={part} />}
    </>
  );
}

function Part({ part }: { readonly part: PartName }): ReactElement {
  switch (part) {
    case 'users':
      return <UsersPart />;
    case 'api-keys':
      return <ApiKeysPart />;
    case 'audit':
      return <AuditPart />;
    case 'settings':
      return <SettingsPart />;
    case 'approvals':
      return <ApprovalsPart />;
  }
}
