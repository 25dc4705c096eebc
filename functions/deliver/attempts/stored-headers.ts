import * as z from 'zod';
import { binary } from '../../messages/message-row.ts';
import { pack, unpack } from '../../platform/codec/codec.ts';
import { roomInWriteUnits } from '../../platform/dynamodb/item-bytes.ts';
import type { Row } from '../../platform/dynamodb/table.ts';
import type { ConnectPhases } from '../http-client/connect-phases.domain.ts';
import type { Attempt } from './attempt.domain.ts';
import { headersText, parseHeadersText, shortenedTo } from './response-headers.domain.ts';
import type { ResponseHeaders } from './response-headers.domain.ts';

/**
 * Attributes of a row that holds a response: `h` its header fields as text, or `hz` packed, `ht` if some are missing. A
 * row without `h` and `hz` has none of them.
 */
const storedHeaders = z.object({
  h: z.string().optional(),
  hz: binary.optional(),
  ht: z.literal(true).optional(),
});

/** Bytes of the names `h` and `ht`, and of the value of `ht`. */
const NAME_BYTES = 4;

/**
 * Adds response headers to the row of a response. Those of a failed attempt are always stored. Those of a successful one
 * are stored as far as they cost no write unit, since most attempts succeed and are rarely looked at.
 */
export const withHeaders = (
  row: Row,
  { responseHeaders: headers, succeeded }: Pick<Attempt, 'responseHeaders' | 'succeeded'>,
): Row => {
  if (headers === undefined) return row;
  const room = roomInWriteUnits(row) - NAME_BYTES;
  const fitting = room < 0 ? undefined : shortenedTo(headers, room);
  const isWhole = fitting?.fields.length === headers.fields.length;
  if (!isWhole && !succeeded) {
    return { ...row, hz: pack(Buffer.from(headersText(headers))), ...(headers.truncated && { ht: true }) };
  }
  if (fitting === undefined) return row;
  return { ...row, h: headersText(fitting), ...(fitting.truncated && { ht: true }) };
};

/** The response headers in a row; undefined: it has none. */
export const headersIn = (row: unknown): ResponseHeaders | undefined => {
  const { h, hz, ht = false } = storedHeaders.parse(row);
  const text = hz === undefined ? h : Buffer.from(unpack(hz)).toString();
  return text === undefined ? undefined : { fields: parseHeadersText(text), truncated: ht };
};

const PHASES = ['dnsMs', 'connectMs', 'tlsMs'] as const;

/** `p`: the milliseconds of each phase, empty where it was not reached: `12,31,`. */
const phasesText = (phases: ConnectPhases): string => PHASES.map((phase) => phases[phase] ?? '').join(',');

/** Adds the phases of connecting to an attempt's row, where they cost no write unit. */
export const withPhases = (row: Row, { phases }: Pick<Attempt, 'phases'>): Row => {
  if (phases === undefined) return row;
  const p = phasesText(phases);
  return roomInWriteUnits(row) < p.length + 1 ? row : { ...row, p };
};

export const parsePhases = (text: string): ConnectPhases =>
  Object.fromEntries(
    text
      .split(',')
      .flatMap((ms, index) =>
        ms === '' || PHASES[index] === undefined ? [] : [[PHASES[index], Number(ms)]],
      ),
  );
