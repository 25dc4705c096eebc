import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attemptRows, parseAttemptRow } from '../../../../functions/deliver/attempts/attempt-row.ts';
import { messageRow, parseMessageRow } from '../../../../functions/messages/message-row.ts';
import { appId, orgId } from '../../../../functions/platform/ids/brand.domain.ts';
import { endpointAttemptRow, endpointMessageItem } from '../../../../functions/read-models/views.dynamo.ts';
import { parseEndpointMessageRow } from '../../../../functions/read-models/messages-by-endpoint/endpoint-message-row.ts';
import { endpointMessageOf } from '../../../../functions/read-models/messages-by-endpoint/endpoint-messages.domain.ts';
import { attempt, message } from '../../../support/simulation/builders.ts';

/** Rows have their ids in their keys alone, whatever text an organization's token was made with. */
const tenants = fc
  .tuple(fc.string({ unit: fc.constantFrom('#', '%', 'a', '2', '3', 'é'), minLength: 1 }), fc.uuid())
  .map(([organization, application]) => ({
    orgId: orgId(`org_${organization}`),
    appId: appId(`app_${application}#`),
  }));

it('reads the ids of a message and of its attempts back from their keys', () => {
  fc.assert(
    fc.property(tenants, (tenant) => {
      const published = message(tenant);
      expect(parseMessageRow(messageRow(published))).toEqual(published);
      const attempted = attempt(tenant);
      expect(parseAttemptRow(attemptRows(attempted).row)).toEqual(attempted);
      expect(parseAttemptRow(endpointAttemptRow(attempted))).toMatchObject({
        ...tenant,
        id: attempted.id,
        messageId: attempted.messageId,
        endpointId: attempted.endpointId,
      });
      const state = endpointMessageOf(attempted);
      expect(parseEndpointMessageRow(endpointMessageItem(state))).toEqual(state);
    }),
  );
});

it('refuses a row whose key has no ids', () => {
  const { pk: _pk, ...rest } = attemptRows(attempt()).row;
  expect(() => parseAttemptRow({ ...rest, pk: 'o#org_1' })).toThrow('not the key of an attempt');
  expect(() => parseMessageRow({ ...messageRow(message()), pk: 'o#org_1' })).toThrow(
    'not the key of a message',
  );
});
