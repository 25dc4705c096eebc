import { Invalid } from '../api/errors.ts';
import { applicationFields } from '../api/schemas/application.ts';
import { contentOf, messageIn } from '../api/schemas/message.ts';
import { bodyDecoder } from '../api/wire/decode.ts';
import { BODY_BYTES } from '../platform/limits/requests.domain.ts';
import type { DecodeMessage } from './ingest.flow.ts';

/** Each message names its field. */
const reasonOf = ({ errors }: Invalid): string => errors.map(({ msg }) => msg).join('; ');

/** Decodes messages as POST /msg does: the same fields, limits and errors. */
export const makeMessageDecoder = (): DecodeMessage => {
  const decode = bodyDecoder(messageIn());
  return (text) => {
    const bytes = Buffer.from(text);
    if (bytes.byteLength > BODY_BYTES)
      return { kind: 'invalid', reason: `the message has more than ${BODY_BYTES} bytes` };
    try {
      const body = decode(bytes);
      const application = body.application == null ? null : applicationFields(body.application);
      return { kind: 'message', content: contentOf(body, body.deliverAt ?? null), application };
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return { kind: 'invalid', reason: reasonOf(error) };
    }
  };
};
