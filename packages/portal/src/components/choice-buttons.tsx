import type { ReactElement } from 'react';
import shapes from '../design/shapes.module.css';
import styles from './choice-buttons.module.css';

interface ChoiceButtonsProps<C extends string> {
  /** What is chosen, for who does not see it. */
  readonly label: string;
  readonly choices: readonly (readonly [choice: C, text: string])[];
  readonly chosen: C;
  readonly choose: (choice: C) => void;
}

/** One of a few, all of them seen. */
export function ChoiceButtons<C extends string>({ label, choices, chosen, choose }: ChoiceButtonsProps<C>): ReactElement {
  return (
    <fieldset className={styles['choices']} aria-label={label}>
      {choices.map(([choice, text]) => (
        <button key={choice} type="button" className={shapes['bare']} aria-pressed={choice === chosen} onClick={() => choose(choice)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}
