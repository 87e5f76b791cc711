import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactElement, useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { useTexts } from '../../text/catalogue.ts';
import type { PaymentsSearch } from './payment-filter.ts';
import styles from './payments.module.css';
import { PAYMENTS } from './payments-texts.ts';
import { searchOf, useSavedViews, withoutView, withView } from './saved-views.ts';

/** One’s own views by name; each is an address that can be sent to somebody. */
export default function ViewList({ search }: { readonly search: PaymentsSearch }): ReactElement {
  const texts = useTexts(PAYMENTS);
  const { shown, error, keeping } = useSavedViews();
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    keeping.mutate((views) => withView(views, name.trim(), search), { onSuccess: () => setName('') });
  };
  return (
    <div className={styles['views']}>
      {shown?.length === 0 && <p className={styles['note']}>{texts.noViews}</p>}
      {shown?.map((view) => (
        <div key={view.name} className={styles['view']}>
          <Link to="/payments" search={searchOf(view)}>
            {view.name}
          </Link>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={texts.removeView(view.name)}
            onClick={() => keeping.mutate((views) => withoutView(views, view.name))}
          >
            <Icon name="cross" size={13} />
          </ActionIcon>
        </div>
      ))}
      <ProblemNote error={error} />
      <form className={styles['view']} onSubmit={submit}>
        <TextInput
          size="xs"
          aria-label={texts.viewName}
          placeholder={texts.viewName}
          maxLength={60}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" size="xs" loading={keeping.isPending} disabled={name.trim() === ''}>
          {texts.save}
        </Button>
        <CopyButton text={location.href} what={texts.copyAddress} />
      </form>
    </div>
  );
}
