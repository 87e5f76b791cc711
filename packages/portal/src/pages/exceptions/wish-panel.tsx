import { Button, TextInput } from '@mantine/core';
import type { WaitingWish } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useActTexts } from '../../text/acts/act-texts.ts';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import { nameOf } from './exception-filter.ts';
import styles from './exceptions.module.css';
import { EXCEPTIONS } from './exceptions-texts.ts';
import { useRefresh } from './use-exceptions.ts';

/** What somebody asked for; whoever else may do it says yes or no. */
export function WishPanel({ wish }: { readonly wish: WaitingWish }): ReactElement {
  const { wish: texts } = useTexts(EXCEPTIONS);
  const { actions } = useActTexts();
  const { instant } = useFormats();
  const { who } = useMe();
  const mayDecide = useMay('approvals:decide');
  const mayResolve = useMay('exceptions:resolve');
  const { approval, action, as, facts, seen, confirmed, askedBy, askedFor, askedAt, reason } = wish;
  const named = action === 'resolve' ? actions.settle : (actions as unknown as Readonly<Record<string, string>>)[action];
  const what = `${named}${as === 'COMMITTED' || as === 'ABORTED' ? `, ${actions.ends[as]}` : ''}`;
  return (
    <Panel title={texts.title}>
      <div className={shapes['stack']}>
        <p>{texts.asked(nameOf(askedBy), what, instant(askedAt))}</p>
        <blockquote className={styles['quote']}>{reason}</blockquote>
        {seen !== undefined && <p className={shapes['mono']}>{seen}</p>}
        {confirmed === true && <p>{actions.confirm}</p>}
        {facts !== undefined && (
          <p>
            {actions.facts}: <code className={shapes['mono']}>{facts}</code>
          </p>
        )}
        {askedBy === who || askedFor === who ? <Withdraw approval={approval} /> : mayDecide && mayResolve && <Decide approval={approval} />}
      </div>
    </Panel>
  );
}

function Withdraw({ approval }: { readonly approval: string }): ReactElement {
  const { wish: texts } = useTexts(EXCEPTIONS);
  const refresh = useRefresh();
  const withdrawing = useMutation({
    mutationFn: () => ask('POST /approvals/:id/withdraw', { params: { id: approval } }),
    onSettled: refresh,
  });
  return (
    <>
      <p className={shapes['quiet']}>{texts.own}</p>
      <div>
        <Button variant="default" size="compact-sm" loading={withdrawing.isPending} onClick={() => withdrawing.mutate()}>
          {texts.withdraw}
        </Button>
      </div>
      <ProblemNote error={withdrawing.error} />
    </>
  );
}

function Decide({ approval }: { readonly approval: string }): ReactElement {
  const { wish: texts } = useTexts(EXCEPTIONS);
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const deciding = useMutation({
    mutationFn: (yes: boolean) => ask('POST /approvals/:id/decide', { params: { id: approval }, body: { yes, reason: reason.trim() } }),
    onSettled: refresh,
  });
  const empty = reason.trim() === '';
  return (
    <>
      <TextInput
        size="xs"
        label={texts.note}
        maxLength={500}
        value={reason}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <div className={shapes['line']}>
        <Button size="xs" disabled={empty} loading={deciding.isPending} onClick={() => deciding.mutate(true)}>
          {texts.agree}
        </Button>
        <Button size="xs" variant="default" disabled={empty} loading={deciding.isPending} onClick={() => deciding.mutate(false)}>
          {texts.refuse}
        </Button>
      </div>
      <ProblemNote error={deciding.error} />
    </>
  );
}
