/** JSON text that a response contains unchanged, which preserves numbers, key order and spaces of a payload. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
