import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { now } from '../../browser/page-clock.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { Check, TestAnswer } from './answers.ts';
import styles from './connection.module.css';
import { CONNECTION } from './connection-texts.ts';
import { PayDialog } from './pay-dialog.tsx';

const RUNNING_MS = 1_000;
const TONES: Readonly<Record<Check['state'], Tone>> = { passed: 'good', warning: 'wait', failed: 'bad', skipped: 'still' };

/** The readiness test: begun here, its steps as they come, and the last one that ended. */
export function TestPart(): ReactElement {
  const texts = useTexts(CONNECTION);
  const mayTest = useMay('connection:test');
  const mayPay = useMay('connection:pay');
  const [pays, setPays] = useState(false);
  const [begins, setBegins] = useState(false);
  const { moment } = useFormats();
  const test = useQuery({
    queryKey: ['connection', 'test'],
    queryFn: () => ask<TestAnswer>('GET /connection/test'),
    refetchInterval: ({ state }) => (state.data?.run?.running === true ? RUNNING_MS : false),
  });
  return (
    <Asked query={test} permission="connection:read">
      {({ run, last }) => {
        const shown = run?.running === true || run?.failed !== undefined ? run : undefined;
        const checks = shown?.steps ?? last?.checks ?? [];
        return (
          <div className={shapes['page']}>
            <p className={shapes['quiet']}>{texts.testHint}</p>
            <Panel
              title={shown?.running === true ? texts.testRuns : texts.lastTest}
              aside={
                <span className={shapes['buttons']}>
                  {mayPay && (
                    <Button variant="default" size="compact-sm" disabled={shown?.running === true} onClick={() => setPays(true)}>
                      {texts.pay.begin}
                    </Button>
                  )}
                  {mayTest && (
                    <Button size="compact-sm" loading={shown?.running === true} onClick={() => setBegins(true)}>
                      {texts.begin}
                    </Button>
                  )}
                </span>
              }
              flush
            >
              {checks.length === 0 && shown?.failed === undefined ? (
                <EmptyState icon="check" title={texts.neverTested}>
                  <p>{texts.neverTestedHint}</p>
                </EmptyState>
              ) : (
                <>
                  {shown?.failed !== undefined && (
                    <p className={styles['next']} role="alert" lang="en">
                      {shown.failed}
                    </p>
                  )}
                  <ol className={`${shapes['list']} ${styles['steps']}`}>
                    {checks.map((check) => (
                      <CheckLine key={`${check.part} ${check.check} ${check.message}`} check={check} />
                    ))}
                  </ol>
                </>
              )}
            </Panel>
            {shown === undefined && last && (
              <p className={shapes['quiet']}>
                {texts.testedOn(moment(last.at, now()), last.by.replace(/^\w+:/, ''))}
                {last.changed.length > 0 && ` ${texts.changedSince(last.changed.join(', '))}`}
              </p>
            )}
            {begins && <BeginDialog close={() => setBegins(false)} />}
            {pays && <PayDialog close={() => setPays(false)} />}
          </div>
        );
      }}
    </Asked>
  );
}

function CheckLine({ check }: { readonly check: Check }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { part, state, message, remedy } = check;
  return (
    <li>
      <span>
        <Mark tone={TONES[state]}>{texts.checks[state]}</Mark>
      </span>
      <div>
        <strong>{texts.testParts[part] ?? part}</strong>
        <p lang="en">{message}</p>
        {remedy !== undefined && (
          <p className={styles['next']} lang="en">
            {remedy}
          </p>
        )}
      </div>
    </li>
  );
}

function BeginDialog({ close }: { readonly close: () => void }): ReactElement {
  const texts = useTexts(CONNECTION);
  const [party, setParty] = useState('');
  const given = party.trim();
  return (
    <ActDialog
      title={texts.begin}
      confirm={texts.begin}
      ready={given === '' || /^[A-Z_]{2,32}:\S{1,128}$/.test(given)}
      changes={[
        ['connection', 'test'],
        ['connection', 'progress'],
      ]}
      act={(reason) => ask('POST /connection/test', { body: { reason, ...(given !== '' && { party: given }) } })}
      close={close}
    >
      <TextInput
        label={texts.party}
        description={texts.partyHint}
        maxLength={160}
        value={party}
        onChange={({ currentTarget }) => setParty(currentTarget.value)}
      />
    </ActDialog>
  );
}
