import { ResponseBody } from './response-body.domain.ts';
import { responseHead, FieldLines, parseStatusLine } from './response-head.domain.ts';
import type { ResponseHead, StatusLine } from './response-head.domain.ts';
import { LineBuffer } from './line-buffer.domain.ts';

/** The most bytes of a response's header fields, and of all interim responses (1xx) together. */
export const HEADER_BYTES = 65_536;
const INTERIM_BYTES = 262_144;
const STATUS_LINE_BYTES = 8_192;
/** The beginning of every response. */
const START = 'HTTP/';

/** Why a response cannot be used; `reason` is for a person. */
export type ResponseFault =
  { readonly kind: 'header-too-large' } | { readonly kind: 'protocol-error'; readonly reason: string };

/**
 * Reads one HTTP/1.1 response from the bytes of a connection. Accepts everything that RFC 9110 and RFC 9112 let a client
 * accept (comments name the section), since a receiver that responded with 200 has accepted the webhook. After anything
 * unusual the connection is not reused, so leniency cannot misread the next response.
 */
export class ResponseReader {
  readonly #keep: number;
  readonly #lines = new LineBuffer();
  #statusLine: StatusLine | undefined;
  #fields = new FieldLines();
  #fieldBytes = 0;
  #interimBytes = 0;
  #unusual = false;
  #body: ResponseBody | undefined;
  #head: ResponseHead | undefined;
  #fault: ResponseFault | undefined;
  #excess = false;
  #started = false;

  /** Keeps the first `keep` bytes of the body. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Whether any byte has arrived. */
  get started(): boolean {
    return this.#started;
  }

  /** Defined once all header fields have arrived. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  get fault(): ResponseFault | undefined {
    return this.#fault;
  }

  /** The status of the last status line; 0: none has arrived. */
  get statusSeen(): number {
    return this.#statusLine?.status ?? 0;
  }

  /** Whether further bytes cannot change the result. */
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

  /** The first bytes of the body, and whether they are the whole body. */
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

  /** Skips empty lines before a response, as servers do before a request (RFC 9112, section 2.2). */
  #skipEmpty(text: string): void {
    this.#unusual = true;
    this.#interimBytes += text.length + 2;
  }

  /** Checks the first bytes of a line that has not ended: another protocol than HTTP may never end it. */
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

  /** Skips an interim response, even an unsolicited one (RFC 9110, section 15.2). */
  #skipInterim(): void {
    this.#interimBytes += this.#fieldBytes + STATUS_LINE_MARGIN;
    if (this.#interimBytes > INTERIM_BYTES) {
      this.#fail('it has too many interim responses');
      return;
    }
    this.#statusLine = undefined;
    this.#fields = new FieldLines();
    this.#fieldBytes = 0;
  }

  #beginBody(): void {
    if (this.#statusLine === undefined) return;
    const head = responseHead(this.#statusLine, this.#fields);
    if (head === undefined) {
      this.#fail('its Content-Length is contradictory or not a number');
      return;
    }
    this.#head = head;
    this.#body = new ResponseBody(head.framing, this.#keep);
  }

  #fail(reason: string): void {
    this.#fault ??= { kind: 'protocol-error', reason };
  }
}

/** Counted for each interim response besides its fields, so that empty ones are bounded too. */
const STATUS_LINE_MARGIN = 64;
