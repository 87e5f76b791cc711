/** An expression that is not in the language. `column` is 1-based, from the beginning of the expression's text. */
export class ExpressionInvalid extends Error {
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.name = 'ExpressionInvalid';
    this.column = column;
  }
}
