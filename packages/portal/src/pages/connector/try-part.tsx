import { Button, NativeSelect } from '@mantine/core';
import type { TriedFixture } from '@payment-manager/management-api/types';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { EmptyState } from '../../components/states.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './connector.module.css';
import { CONNECTOR } from './connector-texts.ts';
import { SaidLines } from './said-lines.tsx';
import { type Which, WhichSelect } from './which-select.tsx';

/** An operation on a fixture: each request, answer and outcome, without a core. */
export function TryPart({ fixtures }: { readonly fixtures: readonly string[] }): ReactElement {
  const texts = useTexts(CONNECTOR);
  const [fixture, setFixture] = useState(fixtures[0] ?? '');
  const [which, setWhich] = useState<Which>('running');
  const trying = useMutation({ mutationFn: () => ask<TriedFixture>('POST /connector/try', { body: { fixture, with: which } }) });
  const run = (event: FormEvent): void => {
    event.preventDefault();
    trying.mutate();
  };
  if (fixtures.length === 0)
    return (
      <Panel>
        <EmptyState icon="connector" title={texts.noFixturesTitle} />
      </Panel>
    );
  return (
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{texts.tryHint}</p>
      <Panel>
        <form className={`${shapes['fields']} ${styles['filters']}`} onSubmit={run}>
          <NativeSelect
            label={texts.fixture}
            value={fixture}
            data={[...fixtures]}
            onChange={({ currentTarget }) => setFixture(currentTarget.value)}
          />
          <WhichSelect which={which} choose={setWhich} />
          <Button type="submit" loading={trying.isPending}>
            {texts.run}
          </Button>
        </form>
        <ProblemNote error={trying.error} />
      </Panel>
      {trying.data && <TriedPanels tried={trying.data} />}
    </div>
  );
}

function TriedPanels({ tried: { test, steps, faults } }: { readonly tried: TriedFixture }): ReactElement {
  const texts = useTexts(CONNECTOR);
  return (
    <>
      <Panel
        title={test}
        aside={<Mark tone={faults.length === 0 ? 'good' : 'bad'}>{faults.length === 0 ? texts.passed : texts.failed}</Mark>}
      >
        <ul className={styles['list']} role="status">
          {faults.map((fault) => (
            <li key={fault} className={shapes['mono']} lang="en">
              {fault}
            </li>
          ))}
        </ul>
      </Panel>
      {steps.map(({ operation, lines }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an operation may come twice, and its place is its name
        <Panel key={place} title={operation} flush>
          <SaidLines label={operation} lines={lines} />
        </Panel>
      ))}
    </>
  );
}
