import { createHmac, createSecretKey, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** A POST to a service with a JSON protocol. All texts but the body are ASCII without spaces. */
export interface Unsigned {
  /** With its port, unless it is the scheme's own. */
  readonly host: string;
  readonly path: string;
  readonly contentType: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly at: Date;
}

export interface Signature {
  /** `20261130T120000Z` */
  readonly date: string;
  readonly authorization: string;
}

interface DayKey {
  readonly secret: string;
  readonly day: string;
  readonly key: KeyObject;
}

/** A key object, since Node's `createHmac` throws and catches an error for each secret that it gets as bytes. */
const mac = (key: string | KeyObject, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

const derived = (key: Buffer, text: string): Buffer => mac(createSecretKey(key), text);

/** Services decode the path once before they check the signature of its encoded form. */
const canonicalPath = (path: string): string =>
  path === '/' ? path : encodeURIComponent(path).replaceAll('%2F', '/');

/**
 * Signature Version 4 (AWS General Reference, "Create a signed AWS API request") for one service in one region. It signs what
 * services require, the host and all x-amz headers, and the content type. The key of a day is derived once.
 */
export class Signer {
  readonly #service: string;
  readonly #region: string;
  #dayKey: DayKey | undefined;

  constructor(service: string, region: string) {
    this.#service = service;
    this.#region = region;
  }

  sign({ host, path, contentType, target, body, at }: Unsigned, who: AwsCredentialIdentity): Signature {
    const date = `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const day = date.slice(0, 8);
    const { sessionToken: token } = who;
    const signed =
      token === undefined
        ? 'content-type;host;x-amz-date;x-amz-target'
        : 'content-type;host;x-amz-date;x-amz-security-token;x-amz-target';
    const tokenLine = token === undefined ? '' : `x-amz-security-token:${token}\n`;
    const canonical = `POST\n${canonicalPath(path)}\n\ncontent-type:${contentType}\nhost:${host}\nx-amz-date:${date}\n${tokenLine}x-amz-target:${target}\n\n${signed}\n${hash('sha256', body)}`;
    const scope = `${day}/${this.#region}/${this.#service}/aws4_request`;
    const signature = createHmac('sha256', this.#keyOf(who.secretAccessKey, day))
      .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`)
      .digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${who.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return { date, authorization };
  }

  #keyOf(secret: string, day: string): KeyObject {
    if (this.#dayKey?.day === day && this.#dayKey.secret === secret) return this.#dayKey.key;
    const ofDay = mac(`AWS4${secret}`, day);
    const key = createSecretKey(
      derived(derived(derived(ofDay, this.#region), this.#service), 'aws4_request'),
    );
    this.#dayKey = { secret, day, key };
    return key;
  }
}
