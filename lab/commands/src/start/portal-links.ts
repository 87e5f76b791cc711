import { join } from 'node:path';
import type { Sandbox } from '@payment-manager/local-scheme';
import { managementSocket } from '@payment-manager/management-api/commands';
import { askLocal } from '@payment-manager/payment-manager/ask-local';

/** By which somebody signs in with a role, once. */
export interface PortalLink {
  readonly fspId: string;
  readonly role: string;
  readonly url: string;
}

const ROLES = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'];

/** A link for each role at each portal of the sandbox. */
export async function portalLinks({ managers }: Pick<Sandbox, 'managers'>, folder: string): Promise<readonly PortalLink[]> {
  const links = [...managers.keys()].map(async (fspId) => {
    const socket = managementSocket({ dataFolder: join(folder, fspId, 'data') });
    const made: PortalLink[] = [];
    for (const role of ROLES)
      made.push({ fspId, role, url: String((await askLocal(socket, 'POST /api/local/sandbox-link', { role }, 'sandbox'))['link']) });
    return made;
  });
  return (await Promise.all(links)).flat();
}
