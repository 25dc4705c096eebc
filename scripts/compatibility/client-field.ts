/** One field of a model, or one parameter of an operation. */
export interface ClientField {
  /** A model (`MessageIn`), or an operation (`message.list`) for its parameters. */
  readonly owner: string;
  readonly field: string;
  readonly kind: 'body' | 'answer' | 'query' | 'header';
}
