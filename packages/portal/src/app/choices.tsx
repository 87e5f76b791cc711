import type { ReactElement } from 'react';
import { ChoiceButtons } from '../components/choice-buttons.tsx';

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly options: Readonly<Record<T, string>>;
  readonly chosen: T;
  readonly choose: (value: T) => void;
}

/** One of the words of a catalogue. */
export function Choices<T extends string>({ label, options, chosen, choose }: ChoicesProps<T>): ReactElement {
  return <ChoiceButtons label={label} choices={Object.entries(options) as [T, string][]} chosen={chosen} choose={choose} />;
}
