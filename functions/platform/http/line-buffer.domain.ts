const LF = 0x0a;
const CR = 0x0d;

/** A line without its line end, and the offset after it; `text` undefined: the line continues in the next chunk. */
export interface Line {
  readonly text: string | undefined;
  readonly next: number;
}

/** Splits bytes into lines that end with CRLF or LF alone. A line may arrive in any number of chunks. */
export class LineBuffer {
  #begun = Buffer.alloc(0);
  #length = 0;
  /** Whether a line ended with LF alone, or had a NUL or CR in it. */
  unusual = false;

  /** Bytes of the line that has not ended yet. */
  get pending(): number {
    return this.#length;
  }

  /** Reads one line from `from` on. */
  next(chunk: Buffer, from: number): Line {
    const end = chunk.indexOf(LF, from);
    if (end === -1) {
      this.#append(chunk, from, chunk.length);
      return { text: undefined, next: chunk.length };
    }
    if (this.#length === 0) return { text: this.#text(chunk, from, end), next: end + 1 };
    this.#append(chunk, from, end);
    const text = this.#text(this.#begun, 0, this.#length);
    this.#length = 0;
    return { text, next: end + 1 };
  }

  /** As latin1. A CR before LF is dropped (RFC 9112, 2.2); NUL and bare CR are read as a space (RFC 9110, 5.5). */
  #text(bytes: Buffer, from: number, to: number): string {
    const hasCr = to > from && bytes[to - 1] === CR;
    const text = bytes.toString('latin1', from, hasCr ? to - 1 : to);
    if (hasCr && !text.includes('\r') && !text.includes('\0')) return text;
    this.unusual = true;
    return text.replace(/[\r\0]/g, ' ');
  }

  /** Doubles the buffer, so that a line that arrives byte by byte is not copied for each byte. */
  #append(chunk: Buffer, from: number, to: number): void {
    const needed = this.#length + to - from;
    if (needed > this.#begun.length) {
      const larger = Buffer.allocUnsafe(Math.max(256, 2 * needed));
      this.#begun.copy(larger, 0, 0, this.#length);
      this.#begun = larger;
    }
    chunk.copy(this.#begun, this.#length, from, to);
    this.#length = needed;
  }
}
