/** A sentence about a payment. */
export interface Said {
  readonly says: string;
  /** What goes on with values of the payment, which may be a person's. */
  readonly values?: string;
  /** What stands there for whoever may not see them. */
  readonly hidden?: string;
}

/** What a replay tells. */
export class Told {
  readonly lines: Said[] = [];
  readonly differences: Said[] = [];
  readonly unknown: Said[] = [];

  line(says: string, values?: string): void {
    this.lines.push(values === undefined ? { says } : { says, values });
  }

  /** Something would be otherwise. With `before` and `now`: from what to what. */
  differs(what: string, change?: { readonly before: string; readonly now: string }): void {
    if (change === undefined) this.differences.push({ says: what });
    else if (change.before !== change.now)
      this.differences.push({ says: what, values: ` was ${change.before}, and would be ${change.now}`, hidden: ' would be otherwise' });
  }

  isUnknown(says: string, values?: string): void {
    this.unknown.push(values === undefined ? { says } : { says, values });
  }
}

/** As somebody may see it. */
export function saidText({ says, values, hidden }: Said, personal: boolean): string {
  if (personal) return `${says}${values ?? ''}`;
  return values === undefined ? says : `${says}${hidden ?? ' …'}`;
}
