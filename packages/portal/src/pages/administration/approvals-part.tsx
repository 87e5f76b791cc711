import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay, useMe } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';
import type { ApprovalsAnswer, ShownApproval } from './answers.ts';
import { valueLines } from './value-lines.ts';

const TONES: Readonly<Record<ShownApproval['state'], Tone>> = {
  waiting: 'wait',
  approved: 'wait',
  done: 'good',
  refused: 'bad',
  failed: 'bad',
  withdrawn: 'still',
  over: 'still',
};
const CHANGES = [['approvals'], ['connection'], ['payments'], ['exceptions']] as const;

/** What waits for a second person, and what was decided lately. */
export function ApprovalsPart(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [deciding, setDeciding] = useState<{ readonly approval: ShownApproval; readonly yes: boolean }>();
  const approvals = useQuery({ queryKey: ['approvals'], queryFn: () => ask<ApprovalsAnswer>('GET /approvals') });
  return (
    <Asked query={approvals} permission="approvals:read">
      {({ needed, approvals: all }) => (
        <div className={shapes['page']}>
          <p className={shapes['quiet']}>
            {needed.length === 0 ? texts.noneNeeded : texts.needed(needed.map((one) => texts.actions[one] ?? one).join(', '))}
          </p>
          {all.length === 0 ? (
            <Panel>
              <EmptyState icon="check" title={texts.noApprovalsTitle}>
                <p>{texts.noApprovals}</p>
              </EmptyState>
            </Panel>
          ) : (
            all.map((one) => <ApprovalPanel key={one.id} approval={one} decide={(yes) => setDeciding({ approval: one, yes })} />)
          )}
          {deciding && (
            <ActDialog
              title={deciding.yes ? texts.agree : texts.refuse}
              confirm={deciding.yes ? texts.agree : texts.refuse}
              danger={!deciding.yes}
              changes={CHANGES}
              act={(reason) =>
                ask('POST /approvals/:id/decide', { params: { id: deciding.approval.id }, body: { yes: deciding.yes, reason } })
              }
              close={() => setDeciding(undefined)}
            >
              <p>{deciding.yes ? texts.agreeHint : texts.refuseHint}</p>
            </ActDialog>
          )}
        </div>
      )}
    </Asked>
  );
}

interface ApprovalPanelProps {
  readonly approval: ShownApproval;
  decide(yes: boolean): void;
}

function ApprovalPanel({ approval, decide }: ApprovalPanelProps): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const { moment } = useFormats();
  const mayDecide = useMay('approvals:decide');
  const { who } = useMe();
  const { action, target, values, reason, askedBy, askedFor, askedAt, state, decidedBy, note } = approval;
  const own = who === askedBy || who === askedFor;
  return (
    <Panel title={texts.actions[action] ?? action} aside={<Mark tone={TONES[state]}>{texts.approvalStates[state]}</Mark>}>
      <Facts>
        <Fact name={texts.heads.target}>
          <span className={shapes['mono']}>{target}</span>
        </Fact>
        <Fact name={texts.heads.who}>{`${askedBy.replace(/^\w+:/, '')}, ${moment(askedAt, now())}`}</Fact>
        <Fact name={texts.heads.why}>{reason}</Fact>
        <Fact name={texts.heads.what}>
          <pre className={`${shapes['mono']} ${styles['values']}`}>{valueLines(values).join('\n')}</pre>
        </Fact>
        {decidedBy !== undefined && <Fact name={texts.heads.decided}>{`${decidedBy.replace(/^\w+:/, '')}: ${note ?? ''}`}</Fact>}
      </Facts>
      {state === 'waiting' && mayDecide && (
        <div className={`${shapes['buttons']} ${styles['buttons']}`}>
          {own ? (
            <>
              <p className={shapes['quiet']}>{texts.ownWish}</p>
              <Withdraw id={approval.id} />
            </>
          ) : (
            <>
              <Button variant="default" onClick={() => decide(false)}>
                {texts.refuse}
              </Button>
              <Button onClick={() => decide(true)}>{texts.agree}</Button>
            </>
          )}
        </div>
      )}
    </Panel>
  );
}

function Withdraw({ id }: { readonly id: string }): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [asks, setAsks] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setAsks(true)}>
        {texts.withdraw}
      </Button>
      {asks && (
        <ActDialog
          title={texts.withdraw}
          confirm={texts.withdraw}
          changes={CHANGES}
          act={() => ask('POST /approvals/:id/withdraw', { params: { id } })}
          close={() => setAsks(false)}
        />
      )}
    </>
  );
}
