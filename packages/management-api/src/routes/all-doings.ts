import type { ApprovalsDeps } from '../approvals/approvals.ts';
import { reloadConnector } from './connector-routes.ts';
import type { Surroundings } from './deps.ts';
import { changeEndpoints } from './endpoint-routes.ts';
import { resolveException } from './exception-routes.ts';
import { rotateKeys } from './key-routes.ts';
import { liftRestored } from './restored-routes.ts';

/** What does each thing that may need four eyes. */
export function allDoings(around: Surroundings): ApprovalsDeps['doing'] {
  return {
    'resolve-exception': resolveException(around),
    'lift-restored': liftRestored(around),
    'reload-connector': reloadConnector(around),
    'rotate-keys': rotateKeys(around),
    'change-endpoints': changeEndpoints(around),
  };
}
