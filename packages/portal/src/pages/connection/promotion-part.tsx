import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { useMay } from '../../api/me.ts';
import { ActDialog } from '../../components/act-dialog.tsx';
import { Mark, type Tone } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
import { useTexts } from '../../text/catalogue.ts';
import { useFormats } from '../../text/formats.ts';
import type { PromotionAnswer } from './answers.ts';
import { CONNECTION } from './connection-texts.ts';

const TONES: Readonly<Record<'copied' | 'kept' | 'anew', Tone>> = { copied: 'good', kept: 'still', anew: 'wait' };

/** What was tried in this environment is taken over into the next one. */
export function PromotionPart(): ReactElement {
  const texts = useTexts(CONNECTION);
  const known = useQuery({
    queryKey: ['connection', 'promotion'],
    queryFn: () => ask<PromotionAnswer>('GET /connection/promotion'),
    staleTime: 60_000,
  });
  return (
    <Asked query={known} permission="configuration:read">
      {({ environment, environments }) => {
        const others = environments.filter((one) => one !== environment);
        return others.length === 0 ? (
          <EmptyState icon="connection" title={texts.oneEnvironmentTitle}>
            <p>{texts.oneEnvironment}</p>
          </EmptyState>
        ) : (
          <Promotion from={environment} others={others} />
        );
      }}
    </Asked>
  );
}

function Promotion({ from, others }: { readonly from: string; readonly others: readonly string[] }): ReactElement {
  const texts = useTexts(CONNECTION);
  const { fromTo } = useFormats();
  const mayWrite = useMay('configuration:change');
  const [to, setTo] = useState(others[0] ?? '');
  const [writes, setWrites] = useState(false);
  const compared = useQuery({
    queryKey: ['connection', 'promotion', from, to],
    queryFn: () => ask<PromotionAnswer>('GET /connection/promotion', { query: { from, to } }),
  });
  const copied = compared.data?.differences?.filter(({ verdict }) => verdict === 'copied').length ?? 0;
  return (
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{texts.promotionHint}</p>
      <NativeSelect
        label={texts.takeOver(from)}
        value={to}
        data={[...others]}
        onChange={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <Panel
        title={fromTo(from, to)}
        aside={
          mayWrite && (
            <Button size="compact-sm" disabled={copied === 0} onClick={() => setWrites(true)}>
              {texts.write(String(copied))}
            </Button>
          )
        }
        flush
      >
        <Asked query={compared} permission="configuration:read">
          {({ differences = [] }) =>
            differences.length === 0 ? (
              <EmptyState icon="check" title={texts.sameTitle} />
            ) : (
              <Table label={texts.part.promotion} head={<TableHeads names={[texts.heads.setting, from, to, texts.heads.becomes]} />}>
                {differences.map((one) => (
                  <tr key={one.path}>
                    <td className={shapes['mono']}>{one.path}</td>
                    <td>{one.from}</td>
                    <td>{one.to}</td>
                    <td>
                      <Mark tone={TONES[one.verdict]}>{texts.verdicts[one.verdict]}</Mark>
                    </td>
                  </tr>
                ))}
              </Table>
            )
          }
        </Asked>
      </Panel>
      {writes && (
        <ActDialog
          title={texts.write(String(copied))}
          confirm={texts.write(String(copied))}
          changes={[['connection', 'promotion']]}
          act={(reason) => ask('POST /connection/promotion', { body: { from, to, reason } })}
          close={() => setWrites(false)}
        >
          <p>{texts.writeHint}</p>
        </ActDialog>
      )}
    </div>
  );
}
