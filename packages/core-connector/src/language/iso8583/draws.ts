/** What is drawn for a message, and journalled with the start of an effect. `date`, `time` and `dateTime` are those of the host's zone. */
export const DRAWS = ['stan', 'rrn', 'transmission', 'date', 'time', 'dateTime'] as const;
export type Draw = (typeof DRAWS)[number];
