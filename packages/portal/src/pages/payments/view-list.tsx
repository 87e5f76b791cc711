import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { PaymentsSearch } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import { removeView, saveView, useSavedViews } from './saved-views.ts';

/** Views by name, kept in this browser; each is an address that can be sent to somebody. */
export default function ViewList({ search }: { readonly search: PaymentsSearch }): ReactElement {
  const texts = useTexts(PAYMENTS);
  const saved = useSavedViews();
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    saveView(name.trim(), search);
    setName('');
  };
  return (
    <div className={styles['views']}>
      {saved.length === 0 && <p className={styles['note']}>{texts.noViews}</p>}
      {saved.map((view) => (
        <div key={view.name} className={styles['view']}>
          <Link to="/payments" search={view.search}>
            {view.name}
          </Link>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={texts.removeView(view.name)}
            onClick={() => removeView(view.name)}
          >
            <Icon name="cross" size={13} />
          </ActionIcon>
        </div>
      ))}
      <form className={styles['view']} onSubmit={submit}>
        <TextInput
          size="xs"
          aria-label={texts.viewName}
          placeholder={texts.viewName}
          maxLength={60}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" size="xs" disabled={name.trim() === ''}>
          {texts.save}
        </Button>
        <CopyButton text={location.href} what={texts.copyAddress} />
      </form>
    </div>
  );
}
