import { currencyFunctions } from './currency.ts';
import { listFunctions } from './list.ts';
import { madeFunctions } from './made.ts';
import { numberFunctions } from './number.ts';
import type { RegisteredFunction } from './registered.ts';
import { textFunctions } from './text.ts';

/** Every function of the language by its name, without the dollar sign. */
export const FUNCTIONS: ReadonlyMap<string, RegisteredFunction> = new Map(
  [...textFunctions, ...numberFunctions, ...listFunctions, ...madeFunctions, ...currencyFunctions].map((each) => [each.name, each]),
);
