import type { ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { process } from './process.ts';

/** The logo: that of the bank where one is configured, as an image, which runs nothing. It says no more than the name beside it. */
export function Brand({ className, size }: { readonly className: string | undefined; readonly size?: number }): ReactElement {
  const { brand } = process();
  return brand?.logo === undefined ? (
    <span className={className}>
      <Icon name="payments" {...(size !== undefined && { size })} />
    </span>
  ) : (
    <img className={className} data-own src={brand.logo} alt="" />
  );
}
