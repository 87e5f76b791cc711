import { Button, Checkbox } from '@mantine/core';
import type { ShownDay, StatementSide } from '@payment-manager/management-api/types';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import styles from './reconciliation.module.css';
import { RECONCILIATION } from './reconciliation-texts.ts';
import { lostSides, sidesToPull, silentSides } from './sides-to-pull.ts';
import { StatementField } from './statement-field.tsx';
import { useCompare, usePulls } from './use-reconciliation.ts';

/** As the API takes at most. */
const STATEMENT_MAX = 20_000_000;
const SIDES = ['core', 'hub'] as const;
type Files = Readonly<Partial<Record<StatementSide, File | undefined>>>;

/** Statements of core and hub, as files or pulled; and whether the hub is asked. */
export function CompareForm({ date, before }: { readonly date: string; readonly before: ShownDay | undefined }): ReactElement {
  const { compare: texts } = useTexts(RECONCILIATION);
  const [files, setFiles] = useState<Files>({});
  const [askHub, setAskHub] = useState(true);
  const [without, setWithout] = useState(false);
  const comparing = useCompare(date);
  const { data: { pulls } = { pulls: [] } } = usePulls(date);
  const tooLarge = SIDES.some((side) => (files[side]?.size ?? 0) > STATEMENT_MAX);
  const chosen = SIDES.filter((side) => files[side] !== undefined);
  const silent = silentSides(before, pulls).filter((side) => !chosen.includes(side));
  // what did not come is asked for again, until somebody says to do without it
  const kept = (before?.pulled ?? []).filter((side) => !without || !silent.includes(side));
  const pullOf = (wanted?: StatementSide) => sidesToPull({ able: pulls.map(({ side }) => side), files: chosen, before: kept }, wanted);
  const loses = (wanted?: StatementSide): boolean => !without && lostSides(before, chosen, pullOf(wanted)).length > 0;
  const lost = [...new Set([...lostSides(before, chosen, pullOf()), ...silent])];
  const compare = async (wanted?: StatementSide): Promise<void> => {
    if (loses(wanted)) return;
    const [statement, hubStatement] = await Promise.all([files.core?.text(), files.hub?.text()]);
    const pull = pullOf(wanted);
    comparing.mutate({
      askHub,
      ...(statement !== undefined && { statement }),
      ...(hubStatement !== undefined && { hubStatement }),
      ...(pull.length > 0 && { pull }),
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void compare();
  };
  const field = (side: StatementSide): ReactElement => (
    <StatementField
      label={texts[side]}
      choose={(file) => setFiles((others) => ({ ...others, [side]: file }))}
      pull={pulls.find((pull) => pull.side === side)}
      pullNow={comparing.isPending || tooLarge || loses(side) || files[side] !== undefined ? undefined : () => void compare(side)}
    />
  );
  return (
    <Panel title={before === undefined ? texts.title : texts.again}>
      <form className={shapes['stack']} onSubmit={submit}>
        <div className={styles['files']}>
          {field('core')}
          {field('hub')}
        </div>
        <p className={shapes['quiet']}>{texts.hint}</p>
        <Checkbox label={texts.askHub} checked={askHub} onChange={({ currentTarget }) => setAskHub(currentTarget.checked)} />
        {lost.length > 0 && (
          <>
            <p className={shapes['notice']}>{lost.map((side) => texts.lost[side]).join(' ')}</p>
            <Checkbox label={texts.without} checked={without} onChange={({ currentTarget }) => setWithout(currentTarget.checked)} />
          </>
        )}
        {before?.closed !== undefined && <p className={shapes['notice']}>{texts.opens}</p>}
        {tooLarge && <p className={shapes['notice']}>{texts.tooLarge}</p>}
        <ProblemNote error={comparing.error} />
        {comparing.isPending && <p role="status">{texts.running}</p>}
        <div>
          <Button
            type="submit"
            loading={comparing.isPending}
            disabled={tooLarge || loses()}
            variant={before === undefined ? 'filled' : 'default'}
          >
            {texts.start}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
