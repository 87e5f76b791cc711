import type { ReactElement } from 'react';
import styles from './shell.module.css';

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

/** One of a few, all of them seen. */
export function Choices<T extends string>({ label, options, chosen, choose }: ChoicesProps<T>): ReactElement {
  return (
    <fieldset className={styles['choices']} style={{ border: 0, margin: 0 }}>
      <legend className="visually-hidden">{label}</legend>
      {(Object.entries(options) as [T, string][]).map(([value, text]) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => choose(value)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
