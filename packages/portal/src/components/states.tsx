import { Button } from '@mantine/core';
import type { Permission } from '@payment-manager/management-api/types';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { useMay } from '../api/me.ts';
import { problemOf } from '../api/problem.ts';
import shapes from '../design/shapes.module.css';
import { useFormats } from '../text/formats.ts';
import { useFrameTexts } from '../text/frame/frame-texts.ts';
import { useProblemText } from '../text/problems/problem-text.ts';
import { Icon, type IconName } from './icon.tsx';
import styles from './states.module.css';

interface StateProps {
  readonly icon: IconName;
  readonly tone?: 'bad';
  readonly title: string;
  readonly children?: ReactNode;
}

/** Nothing to show, and what to do about it. */
export function EmptyState({ icon, tone, title, children }: StateProps): ReactElement {
  return (
    <section className={styles['state']}>
      <span className={styles['icon']} data-tone={tone}>
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Something is on its way; as large as what comes. */
export function LoadingState({ lines = 6 }: { readonly lines?: number }): ReactElement {
  const { states } = useFrameTexts();
  return (
    <div className={styles['lines']} role="status" aria-label={states.loading}>
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines without a meaning
        <div key={at} className={styles['line']} />
      ))}
    </div>
  );
}

/** It did not work, why, and what to do. Without the server: offline. */
export function ErrorState({ error, again }: { readonly error: unknown; readonly again?: (() => void) | undefined }): ReactElement {
  const { states } = useFrameTexts();
  const { status, shown } = problemOf(error);
  const text = useProblemText(error);
  if (status === 403) return <NoPermissionState />;
  const offline = shown.code === 'OFFLINE';
  return (
    <EmptyState icon={offline ? 'offline' : 'exceptions'} tone="bad" title={offline ? states.offlineTitle : states.errorTitle}>
      <p>{offline ? states.offline : text}</p>
      {!offline && <p className={shapes['mono']}>{states.errorCode(shown.code)}</p>}
      {again && (
        <Button variant="default" onClick={again}>
          {states.again}
        </Button>
      )}
    </EmptyState>
  );
}

/** The role does not allow it. */
export function NoPermissionState(): ReactElement {
  const { states } = useFrameTexts();
  return (
    <EmptyState icon="shield" title={states.noPermissionTitle}>
      <p>{states.noPermission}</p>
    </EmptyState>
  );
}

/** What is shown is older than it should be. */
export function StaleMark({ at }: { readonly at: number }): ReactElement {
  const { states } = useFrameTexts();
  const { moment } = useFormats();
  return (
    <p className={`${shapes['notice']} ${styles['stale']}`} role="status">
      <Icon name="clock" size={14} />
      {states.stale(moment(at, at))}
    </p>
  );
}

interface AskedProps<T> {
  readonly query: UseQueryResult<T>;
  /** Without it the question was not even asked. */
  readonly permission?: Permission;
  /** While the first answer is on its way; default: grey lines. */
  readonly loading?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

/** What was asked, in each of its states: loading, shown, shown but old, failed, offline, not allowed. */
export function Asked<T>({ query, permission = 'self:manage', loading, children }: AskedProps<T>): ReactNode {
  const mayAsk = useMay(permission);
  if (!mayAsk) return <NoPermissionState />;
  if (query.data === undefined) {
    if (query.isError) return <ErrorState error={query.error} again={() => void query.refetch()} />;
    return loading ?? <LoadingState />;
  }
  return (
    <>
      {query.isError && <StaleMark at={query.dataUpdatedAt} />}
      {children(query.data)}
    </>
  );
}
