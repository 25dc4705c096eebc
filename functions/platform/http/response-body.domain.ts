import type { Framing } from './response-head.domain.ts';
import { LineBuffer } from './line-buffer.domain.ts';

/** The longest line of a chunk size with its extensions, and the most bytes of all trailers together. */
const CHUNK_LINE_BYTES = 16_384;
const TRAILER_BYTES = 65_536;

/** RFC 9112, section 7.1: a size in hexadecimal, then extensions, which are skipped. */
const CHUNK_SIZE = /^[ \t]*([0-9a-f]+)[ \t]*(?:;|$)/i;

type ChunkPart = 'size' | 'data' | 'data-end' | 'trailers';

/** Reads a response body and keeps its first bytes. */
export class ResponseBody {
  readonly #keep: number;
  readonly #framing: Framing;
  readonly #chunks: Buffer[] = [];
  readonly #lines = new LineBuffer();
  #kept = 0;
  #part: ChunkPart = 'size';
  /** Bytes still to come of the body, or of its current chunk. */
  #left = 0;
  #trailerBytes = 0;
  /** Whether the body ended where its framing says. */
  complete = false;
  /** Whether the body is malformed. The bytes read so far are kept. */
  broken = false;

  constructor(framing: Framing, keep: number) {
    this.#framing = framing;
    this.#keep = keep;
    this.#left = framing.kind === 'length' ? framing.bytes : 0;
    this.complete = framing.kind === 'none' || (framing.kind === 'length' && framing.bytes === 0);
  }

  /** Whether the body is longer than what is kept. */
  get full(): boolean {
    return this.#kept >= this.#keep && !this.complete;
  }

  get bytes(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  /** Reads the body from offset `from` on; returns the offset where it stopped. */
  push(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length && !this.complete && !this.broken && !this.full) at = this.#step(chunk, at);
    return at;
  }

  /** The connection ended. */
  end(): void {
    if (this.#framing.kind === 'until-close') this.complete = true;
    else this.broken ||= !this.complete;
  }

  #step(chunk: Buffer, at: number): number {
    if (this.#framing.kind === 'until-close') return this.#store(chunk, at, chunk.length);
    if (this.#framing.kind === 'length') {
      const next = this.#content(chunk, at);
      this.complete = this.#left === 0;
      return next;
    }
    return this.#part === 'data' ? this.#chunkData(chunk, at) : this.#chunkLine(chunk, at);
  }

  #chunkData(chunk: Buffer, at: number): number {
    const next = this.#content(chunk, at);
    if (this.#left === 0) this.#part = 'data-end';
    return next;
  }

  #chunkLine(chunk: Buffer, at: number): number {
    const { text, next } = this.#lines.next(chunk, at);
    if (this.#part === 'trailers') this.#trailerBytes += next - at;
    if (text !== undefined) this.#line(text);
    this.broken ||= this.#lines.pending > CHUNK_LINE_BYTES || this.#trailerBytes > TRAILER_BYTES;
    return next;
  }

  #line(text: string): void {
    switch (this.#part) {
      case 'size':
        this.#size(text);
        return;
      case 'data-end':
        this.broken = text !== '';
        this.#part = 'size';
        return;
      case 'trailers':
        this.complete = text === '';
        return;
      case 'data':
        return;
    }
  }

  #size(text: string): void {
    const digits = CHUNK_SIZE.exec(text)?.[1];
    if (digits === undefined) {
      this.broken = true;
      return;
    }
    this.#left = Number.parseInt(digits, 16);
    this.#part = this.#left === 0 ? 'trailers' : 'data';
  }

  #content(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    const next = this.#store(chunk, at, end);
    this.#left -= next - at;
    return next;
  }

  #store(chunk: Buffer, from: number, to: number): number {
    const kept = Math.min(to - from, this.#keep - this.#kept);
    // Copy: a view would keep the whole buffer of the socket in memory.
    if (kept > 0) this.#chunks.push(Buffer.from(chunk.subarray(from, from + kept)));
    this.#kept += kept;
    return from + kept;
  }
}
