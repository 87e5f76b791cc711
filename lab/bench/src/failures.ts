/** Distinct reasons that are kept; the rest counts as other. */
const REASONS_MAX = 20;

/** Why payments failed, and how many. */
export class Failures {
  readonly byReason: Record<string, number> = {};
  count = 0;

  add(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const kept = reason in this.byReason || Object.keys(this.byReason).length < REASONS_MAX ? reason : 'other';
    this.byReason[kept] = (this.byReason[kept] ?? 0) + 1;
    this.count++;
  }
}
