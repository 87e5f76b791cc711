import type { ShownDay, ShownPull, StatementSide } from '@payment-manager/management-api/types';

/** What stands in the form, and what the day was compared with before. */
export interface Sources {
  /** Sides whose statement can be pulled. */
  readonly able: readonly StatementSide[];
  /** Sides for which a file is chosen: that one counts. */
  readonly files: readonly StatementSide[];
  /** Sides whose statement was pulled for what stands now. */
  readonly before: readonly StatementSide[];
}

/** Whose statements are pulled for a comparison: the one that is asked for, and those of before, so that nothing that was compared is lost. */
export function sidesToPull({ able, files, before }: Sources, wanted?: StatementSide): readonly StatementSide[] {
  return able.filter((side) => !files.includes(side) && (side === wanted || before.includes(side)));
}

/** Sides whose statement was pulled for what stands now, and did not come when it was asked for last. */
export function silentSides(
  before: Pick<ShownDay, 'pulled'> | undefined,
  pulls: readonly Pick<ShownPull, 'side' | 'last'>[],
): readonly StatementSide[] {
  return pulls.filter(({ side, last }) => last?.code !== undefined && before?.pulled?.includes(side)).map(({ side }) => side);
}

/** Sides with whose statement the day was compared, and would not be any more: those that were uploaded are kept nowhere. */
export function lostSides(
  before: Pick<ShownDay, 'statementRows' | 'hubStatementRows'> | undefined,
  files: readonly StatementSide[],
  pull: readonly StatementSide[],
): readonly StatementSide[] {
  const had = { core: before?.statementRows, hub: before?.hubStatementRows };
  return (['core', 'hub'] as const).filter((side) => had[side] !== undefined && !files.includes(side) && !pull.includes(side));
}
