import { isAmount } from '@payment-manager/fspiop';

/** People write 25.00, FSPIOP wants 25: the same amount without superfluous zeros; undefined when it is none. */
export function plainAmount(text: string): string | undefined {
  if (!/^[0-9]{1,18}(\.[0-9]{1,18})?$/.test(text)) return undefined;
  const [whole = '', decimals = ''] = text.split('.');
  const kept = decimals.replace(/0+$/, '');
  const plain = `${whole.replace(/^0+(?=[0-9])/, '')}${kept === '' ? '' : `.${kept}`}`;
  return isAmount(plain) ? plain : undefined;
}
