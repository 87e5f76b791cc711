/** At most `limit` of several lists together, list after list; each has its share, so that none hides another. */
export function shares<T>(limit: number, lists: readonly (readonly T[])[]): readonly T[] {
  const taken = lists.map(() => 0);
  let left = limit;
  for (let round = 0; left > 0 && lists.some((list) => list.length > round); round++)
    for (const [place, list] of lists.entries())
      if (left > 0 && list.length > round) {
        taken[place] = round + 1;
        left--;
      }
  return lists.flatMap((list, place) => list.slice(0, taken[place]));
}
