import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Panel } from '../../components/panel.tsx';
import { Asked, EmptyState } from '../../components/states.tsx';
import { Table } from '../../components/table.tsx';
import { TableHeads } from '../../components/table-heads.tsx';
import shapes from '../../design/shapes.module.css';
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
    <div className={shapes['page']}>
      <p className={shapes['quiet']}>{texts.settingsHint}</p>
      <div className={shapes['fields']}>
        <TextInput label={texts.find} maxLength={100} value={words} onChange={({ currentTarget }) => setWords(currentTarget.value)} />
        <Checkbox
          className={styles['besideField']}
          label={texts.onlyGiven}
          checked={onlyGiven}
          onChange={({ currentTarget }) => setOnlyGiven(currentTarget.checked)}
        />
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
                    <td className={shapes['mono']}>{key.path}</td>
                    <td className={`${shapes['mono']} ${styles['wide']}`}>{key.value}</td>
                    <td>
                      <span className={given(key) ? undefined : shapes['quiet']}>{texts.origins[key.origin] ?? key.origin}</span>
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
