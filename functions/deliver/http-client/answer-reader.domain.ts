import { AnswerBody } from './answer-body.domain.ts';
import { answerHead, FieldLines, parseStatusLine } from './answer-head.domain.ts';
import type { AnswerHead, StatusLine } from './answer-head.domain.ts';
import { LineBuffer } from './line-buffer.domain.ts';

/** Header fields of one answer, and all interim answers (1xx) together. */
export const HEADER_BYTES = 65_536;
const INTERIM_BYTES = 262_144;
const STATUS_LINE_BYTES = 8_192;
/** What every answer begins with. */
const START = 'HTTP/';

/** Why an answer cannot be used, in words for a person. */
export type AnswerFault =
  { readonly kind: 'header-too-large' } | { readonly kind: 'protocol-error'; readonly reason: string };

/**
 * Reads one HTTP/1.1 answer from the bytes of a connection. It accepts whatever RFC 9110 and RFC 9112 let a client accept
 * (the section is named where it does), since a receiver that answered 200 has taken the webhook. After anything unusual
 * the connection is not used again, so a leniency can never shift the next answer.
 */
export class AnswerReader {
  readonly #keep: number;
  readonly #lines = new LineBuffer();
  #statusLine: StatusLine | undefined;
  #fields = new FieldLines();
  #fieldBytes = 0;
  #interimBytes = 0;
  #unusual = false;
  #body: AnswerBody | undefined;
  #head: AnswerHead | undefined;
  #fault: AnswerFault | undefined;
  #excess = false;
  #started = false;

  /** Keeps the first `keep` bytes of the body. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Whether any byte came. */
  get started(): boolean {
    return this.#started;
  }

  /** Once all of its header fields are here. */
  get head(): AnswerHead | undefined {
    return this.#head;
  }

  get fault(): AnswerFault | undefined {
    return this.#fault;
  }

  /** The status of the last status line; 0: none came. */
  get statusSeen(): number {
    return this.#statusLine?.status ?? 0;
  }

  /** Whether nothing that comes would change the result. */
  get finished(): boolean {
    return (
      this.#fault !== undefined ||
      (this.#body !== undefined && (this.#body.complete || this.#body.broken || this.#body.full))
    );
  }

  /** Whether the connection may carry another request. */
  get reusable(): boolean {
    const isUsual = !this.#excess && !this.#unusual && !this.#lines.unusual;
    return this.#head?.keepsAlive === true && this.#body?.complete === true && isUsual;
  }

  /** The first bytes of the body, and whether that is all of it. */
  get body(): { readonly bytes: Buffer; readonly complete: boolean } {
    return { bytes: this.#body?.bytes ?? Buffer.alloc(0), complete: this.#body?.complete ?? true };
  }

  push(chunk: Buffer): void {
    this.#started ||= chunk.length > 0;
    let at = 0;
    while (at < chunk.length && !this.finished) {
      at = this.#body === undefined ? this.#headLine(chunk, at) : this.#body.push(chunk, at);
    }
    this.#excess ||= at < chunk.length;
  }

  /** The receiver closed the connection. */
  end(): void {
    this.#body?.end();
    if (this.#body === undefined && this.#started) {
      this.#fail('the connection was closed in the middle of the header fields');
    }
  }

  #headLine(chunk: Buffer, at: number): number {
    const { text, next } = this.#lines.next(chunk, at);
    if (this.#statusLine === undefined) this.#beforeFields(text, chunk, at);
    else this.#amongFields(text, next - at);
    return next;
  }

  #beforeFields(text: string | undefined, chunk: Buffer, at: number): void {
    if (text === undefined) this.#checkBeginning(chunk, at);
    else if (text.trim() === '') this.#skipEmpty(text);
    else this.#status(text);
    if (this.#lines.pending > STATUS_LINE_BYTES) this.#fail('its status line is longer than 8 KB');
    if (this.#interimBytes > INTERIM_BYTES) this.#fail('it does not begin with a status line');
  }

  /** Empty lines before an answer are skipped, as servers do before a request (RFC 9112, section 2.2). */
  #skipEmpty(text: string): void {
    this.#unusual = true;
    this.#interimBytes += text.length + 2;
  }

  /** A receiver that speaks another protocol may never end its line, so its first bytes must do. */
  #checkBeginning(chunk: Buffer, at: number): void {
    if (this.#lines.pending !== chunk.length - at) return; // not the first bytes of this line
    const begun = chunk.toString('latin1', at, at + START.length).replace(/^[\r\n]+/, '');
    if (!START.startsWith(begun)) this.#fail('it does not begin with HTTP/');
  }

  #status(text: string): void {
    this.#statusLine = parseStatusLine(text);
    if (this.#statusLine === undefined) this.#fail('its status line is not valid');
    else if (this.#statusLine.major !== '1') this.#fail('its HTTP version was not asked for');
  }

  #amongFields(text: string | undefined, bytes: number): void {
    this.#fieldBytes += bytes;
    if (this.#fieldBytes > HEADER_BYTES) this.#fault ??= { kind: 'header-too-large' };
    else if (text === '') this.#endOfHead();
    else if (text !== undefined) this.#fields.add(text);
  }

  #endOfHead(): void {
    const status = this.statusSeen;
    if (status === 101) this.#fail('it switches to a protocol that was not asked for');
    else if (status >= 100 && status < 200) this.#skipInterim();
    else this.#beginBody();
  }

  /** RFC 9110, section 15.2: a client reads interim answers past, also those that it did not ask for. */
  #skipInterim(): void {
    this.#interimBytes += this.#fieldBytes + STATUS_LINE_MARGIN;
    if (this.#interimBytes > INTERIM_BYTES) {
      this.#fail('it has too many interim answers');
      return;
    }
    this.#statusLine = undefined;
    this.#fields = new FieldLines();
    this.#fieldBytes = 0;
  }

  #beginBody(): void {
    if (this.#statusLine === undefined) return;
    const head = answerHead(this.#statusLine, this.#fields);
    if (head === undefined) {
      this.#fail('its Content-Length is contradictory or not a number');
      return;
    }
    this.#head = head;
    this.#body = new AnswerBody(head.framing, this.#keep);
  }

  #fail(reason: string): void {
    this.#fault ??= { kind: 'protocol-error', reason };
  }
}

/** What an interim answer counts besides its fields, so that empty ones come to an end too. */
const STATUS_LINE_MARGIN = 64;
