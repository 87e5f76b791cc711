import { createHash } from 'node:crypto';
import type { Journal } from '@payment-manager/journal';
import type { Clock, Log } from '@payment-manager/runtime';
import type { EnquiryProofs } from './perform.ts';

const KIND = 'core-enquiry';

/**
 * Enquiries that have once found a known effect in time, kept in the journal: one small record for each enquiry of a version of the connector. What
 * another replica has found counts here, too. A journal that cannot be reached makes nothing proof.
 */
export function journalProofs(journal: Journal, clock: Pick<Clock, 'now'>, log: Log): EnquiryProofs {
  const known = new Set<string>();
  return {
    async has(enquiry) {
      if (known.has(enquiry)) return true;
      const record = await journal.load(idOf(enquiry)).catch(() => undefined);
      if (record !== undefined) known.add(enquiry);
      return record !== undefined;
    },
    async add(enquiry) {
      if (known.has(enquiry)) return;
      const recordId = idOf(enquiry);
      const event = { type: 'enquiry-found', at: clock.now(), enquiry };
      try {
        // a version conflict says that somebody was faster
        await journal.append({ recordId, kind: KIND, expectedVersion: 0, events: [event], open: false, attention: [], label: recordId });
        known.add(enquiry);
      } catch (error) {
        log.warn('core connector: that an enquiry finds could not be kept', {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    },
  };
}

/** By another name than before proofs had to be in time: those of then count no more, and are earned again by the next payment. */
function idOf(enquiry: string): string {
  return `${KIND}-${createHash('sha256').update(`in time: ${enquiry}`).digest('hex').slice(0, 32)}`;
}
