/** Who changes whom, and why. */
export interface Change {
  readonly actor: string;
  readonly reason: string;
}
