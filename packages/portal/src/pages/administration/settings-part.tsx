import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Mark } from '../../components/mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import { useTexts } from '../../text/catalogue.ts';
import styles from './administration.module.css';
import { ADMINISTRATION } from './administration-texts.ts';
import type { EffectiveKey } from './answers.ts';

/** What is configured, and where each value came from; secrets are masked by the server. */
export function SettingsPart(): ReactElement {
  const texts = useTexts(ADMINISTRATION);
  const [words, setWords] = useState('');
  const [onlyGiven, setOnlyGiven] = useState(true);
  const settings = useQuery({
    queryKey: ['configuration'],
    queryFn: () => ask<{ readonly keys: readonly EffectiveKey[] }>('GET /configuration'),
    staleTime: 60_000,
  });
  const given = ({ origin }: EffectiveKey): boolean => !['default', 'unset', 'derived'].includes(origin);
  const { setting, value, origin } = texts.heads;
  return (
    <div className={styles['parts']}>
      <p className={styles['hint']}>{texts.settingsHint}</p>
      <div className={styles['filters']}>
        <TextInput label={texts.find} maxLength={100} value={words} onChange={({ currentTarget }) => setWords(currentTarget.value)} />
        <Checkbox label={texts.onlyGiven} checked={onlyGiven} onChange={({ currentTarget }) => setOnlyGiven(currentTarget.checked)} />
      </div>
      <Panel title={texts.part.settings} flush>
        <Asked query={settings} permission="configuration:read">
          {({ keys }) => {
            const shown = keys.filter(
              (key) => (!onlyGiven || given(key)) && `${key.path} ${key.value}`.toLowerCase().includes(words.trim().toLowerCase()),
            );
            return shown.length === 0 ? (
              <EmptyState icon="search" title={texts.noSettingsTitle} />
            ) : (
              <Table label={texts.part.settings} head={<TableHeads names={[setting, value, origin]} />}>
                {shown.map((key) => (
                  <tr key={key.path}>
                    <td className={styles['mono']}>{key.path}</td>
                    <td className={`${styles['mono']} ${styles['wide']}`}>{key.value}</td>
                    <td>
                      <Mark tone={given(key) ? 'open' : 'still'}>{texts.origins[key.origin] ?? key.origin}</Mark>
                    </td>
                  </tr>
                ))}
              </Table>
            );
          }}
        </Asked>
      </Panel>
    </div>
  );
}
