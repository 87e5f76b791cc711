import { join } from 'node:path';
import type { Sandbox } from '@payment-manager/local-scheme';
import { managementSocket } from '@payment-manager/management-api/commands';
import { askLocal, NotRunning } from '@payment-manager/payment-manager/ask-local';

/** By which somebody signs in with a role, once. */
export interface PortalLink {
  readonly fspId: string;
  readonly role: string;
  readonly url: string;
}

const ROLES = ['viewer', 'operator', 'engineer', 'administrator', 'auditor'];

/** A link for each role at each portal of the sandbox; none where its socket cannot be opened (a path that is too long): payments go on. */
export async function portalLinks({ managers }: Pick<Sandbox, 'managers'>, folder: string): Promise<readonly PortalLink[]> {
  const links = [...managers.keys()].map(async (fspId) => {
    const socket = managementSocket({ dataFolder: join(folder, fspId, 'data') });
    try {
      return await linksAt(socket, fspId);
    } catch (error) {
      if (error instanceof NotRunning) return [];
      throw error;
    }
  });
  return (await Promise.all(links)).flat();
}

async function linksAt(socket: string, fspId: string): Promise<readonly PortalLink[]> {
  const made: PortalLink[] = [];
  for (const role of ROLES) {
    const { link } = await askLocal(socket, 'POST /api/local/sandbox-link', { role }, 'sandbox');
    made.push({ fspId, role, url: String(link) });
  }
  return made;
}
