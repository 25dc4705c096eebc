/**
 * The published OpenAPI description of the contract, reduced to what clients depend on. Schemas of event types differ: they
 * may be booleans, which the contract's server accepts and its document omits. An operation lists its query
 * parameters, the body it takes and its answers. A schema lists its fields; `?` marks an optional one.
 */
export const OPERATIONS: Readonly<Record<string, string>> = {
  'GET /api/v1/app': '?iterator&limit&order > 200 ListResponse_ApplicationOut_',
  'POST /api/v1/app': '?get_if_exists < ApplicationIn > 200 ApplicationOut > 201 ApplicationOut',
  'DELETE /api/v1/app/{app_id}': '> 204',
  'GET /api/v1/app/{app_id}': '> 200 ApplicationOut',
  'PATCH /api/v1/app/{app_id}': '< ApplicationPatch > 200 ApplicationOut',
  'PUT /api/v1/app/{app_id}': '< ApplicationIn > 200 ApplicationOut > 201 ApplicationOut',
  'GET /api/v1/app/{app_id}/attempt/endpoint/{endpoint_id}':
    '?after&before&channel&event_types&iterator&limit&status&status_code_class&with_content > 200 ListResponse_MessageAttemptOut_',
  'GET /api/v1/app/{app_id}/attempt/msg/{msg_id}':
    '?after&before&channel&endpoint_id&event_types&iterator&limit&status&status_code_class&with_content > 200 ListResponse_MessageAttemptOut_',
  'GET /api/v1/app/{app_id}/endpoint': '?iterator&limit&order > 200 ListResponse_EndpointOut_',
  'POST /api/v1/app/{app_id}/endpoint': '< EndpointIn > 201 EndpointOut',
  'DELETE /api/v1/app/{app_id}/endpoint/{endpoint_id}': '> 204',
  'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}': '> 200 EndpointOut',
  'PATCH /api/v1/app/{app_id}/endpoint/{endpoint_id}': '< EndpointPatch > 200 EndpointOut',
  'PUT /api/v1/app/{app_id}/endpoint/{endpoint_id}': '< EndpointUpdate > 200 EndpointOut > 201 EndpointOut',
  'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}/headers': '> 200 EndpointHeadersOut',
  'PATCH /api/v1/app/{app_id}/endpoint/{endpoint_id}/headers': '< EndpointHeadersPatchIn > 204',
  'PUT /api/v1/app/{app_id}/endpoint/{endpoint_id}/headers': '< EndpointHeadersIn > 204',
  'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}/msg':
    '?after&before&channel&event_types&iterator&limit&status&with_content > 200 ListResponse_EndpointMessageOut_',
  'POST /api/v1/app/{app_id}/endpoint/{endpoint_id}/recover': '< RecoverIn > 202 RecoverOut',
  'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}/secret': '> 200 EndpointSecretOut',
  'POST /api/v1/app/{app_id}/endpoint/{endpoint_id}/secret/rotate': '< EndpointSecretRotateIn > 204',
  'POST /api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example': '< EventExampleIn > 200 MessageOut',
  'GET /api/v1/app/{app_id}/endpoint/{endpoint_id}/stats': '?since&until > 200 EndpointStats',
  'GET /api/v1/app/{app_id}/msg':
    '?after&before&channel&event_types&iterator&limit&with_content > 200 ListResponse_MessageOut_',
  'POST /api/v1/app/{app_id}/msg': '?with_content < MessageIn > 202 MessageOut',
  'GET /api/v1/app/{app_id}/msg/{msg_id}': '?with_content > 200 MessageOut',
  'GET /api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}': '> 200 MessageAttemptOut',
  'DELETE /api/v1/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content': '',
  'DELETE /api/v1/app/{app_id}/msg/{msg_id}/content': '',
  'GET /api/v1/app/{app_id}/msg/{msg_id}/endpoint': '?iterator&limit > 200 ListResponse_MessageEndpointOut_',
  'POST /api/v1/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend': '> 202 EmptyResponse',
  'POST /api/v1/auth/app-portal-access/{app_id}': '< AppPortalAccessIn > 200 AppPortalAccessOut',
  'POST /api/v1/auth/logout': '> 204',
  'GET /api/v1/event-type':
    '?include_archived&iterator&limit&order&with_content > 200 ListResponse_EventTypeOut_',
  'POST /api/v1/event-type': '< EventTypeIn > 201 EventTypeOut',
  'DELETE /api/v1/event-type/{event_type_name}': '?expunge > 204',
  'GET /api/v1/event-type/{event_type_name}': '> 200 EventTypeOut',
  'PATCH /api/v1/event-type/{event_type_name}': '< EventTypePatch > 200 EventTypeOut',
  'PUT /api/v1/event-type/{event_type_name}': '< EventTypeUpdate > 200 EventTypeOut > 201 EventTypeOut',
  'GET /api/v1/health': '> 204',
  'GET /api/v1/health/ping': '> 204',
};

export const SCHEMAS: Readonly<Record<string, string>> = {
  AppPortalAccessIn: 'application?: ApplicationIn, featureFlags?: list of string',
  AppPortalAccessOut: 'token: string, url: string',
  ApplicationIn: 'name: string, metadata?: map of string, throttleRate?: integer|null, uid?: string|null',
  ApplicationOut:
    'createdAt: string, id: string, metadata: map of string, name: string, updatedAt: string, throttleRate?: integer|null, uid?: string|null',
  ApplicationPatch: 'metadata?: map of string, name?: string, throttleRate?: integer|null, uid?: string|null',
  EmptyResponse: '',
  EndpointHeadersIn: 'headers: map of string',
  EndpointHeadersOut: 'headers: map of string, sensitive: list of string',
  EndpointHeadersPatchIn: 'headers: map of (string|null)',
  EndpointIn:
    'url: string, channels?: list of string|null, description?: string, disabled?: boolean, eventTypes?: list of string|null, metadata?: map of string, secret?: string|null, throttleRate?: integer|null, uid?: string|null',
  EndpointMessageOut:
    'eventType: string, id: string, payload: object, status: integer, statusText: string, timestamp: string, channels?: list of string|null, eventId?: string|null, nextAttempt?: string|null',
  EndpointOut:
    'createdAt: string, description: string, id: string, metadata: map of string, updatedAt: string, url: string, channels?: list of string|null, disabled?: boolean, eventTypes?: list of string|null, throttleRate?: integer|null, uid?: string|null',
  EndpointPatch:
    'channels?: list of string|null, description?: string, disabled?: boolean, eventTypes?: list of string|null, metadata?: map of string, throttleRate?: integer|null, uid?: string|null, url?: string',
  EndpointSecretOut: 'key: string',
  EndpointSecretRotateIn: 'gracePeriodSeconds?: integer|null, key?: string|null',
  EndpointStats: 'canceled: integer, fail: integer, pending: integer, sending: integer, success: integer',
  EndpointUpdate:
    'url: string, channels?: list of string|null, description?: string, disabled?: boolean, eventTypes?: list of string|null, metadata?: map of string, throttleRate?: integer|null, uid?: string|null',
  EventExampleIn: 'eventType: string',
  EventTypeIn:
    'description: string, name: string, archived?: boolean, deprecated?: boolean, featureFlag?: string|null, schemas?: map of (object|boolean)|null',
  EventTypeOut:
    'createdAt: string, deprecated: boolean, description: string, name: string, updatedAt: string, archived?: boolean, featureFlag?: string|null, schemas?: map of (object|boolean)|null',
  EventTypePatch:
    'archived?: boolean, deprecated?: boolean, description?: string, featureFlag?: string|null, schemas?: map of (object|boolean)|null',
  EventTypeUpdate:
    'description: string, archived?: boolean, deprecated?: boolean, featureFlag?: string|null, schemas?: map of (object|boolean)|null',
  HTTPValidationError: 'detail: list of ValidationErrorItem',
  HttpErrorOut: 'code: string, detail: string',
  ListResponse_ApplicationOut_:
    'data: list of ApplicationOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_EndpointMessageOut_:
    'data: list of EndpointMessageOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_EndpointOut_:
    'data: list of EndpointOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_EventTypeOut_:
    'data: list of EventTypeOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_MessageAttemptOut_:
    'data: list of MessageAttemptOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_MessageEndpointOut_:
    'data: list of MessageEndpointOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  ListResponse_MessageOut_:
    'data: list of MessageOut, done: boolean, iterator?: string|null, prevIterator?: string|null',
  MessageAttemptOut:
    'endpointId: string, id: string, msgId: string, response: string, responseDurationMs: integer, responseStatusCode: integer, status: integer, statusText: string, timestamp: string, triggerType: integer, url: string',
  MessageEndpointOut:
    'createdAt: string, description: string, id: string, status: integer, statusText: string, updatedAt: string, url: string, channels?: list of string|null, disabled?: boolean, eventTypes?: list of string|null, nextAttempt?: string|null, throttleRate?: integer|null, uid?: string|null',
  MessageIn:
    'eventType: string, payload: object, application?: ApplicationIn, channels?: list of string|null, eventId?: string|null, payloadRetentionPeriod?: integer',
  MessageOut:
    'eventType: string, id: string, payload: object, timestamp: string, channels?: list of string|null, eventId?: string|null',
  RecoverIn: 'since: string, until?: string|null',
  RecoverOut: 'id: string, status: string, task: string, updatedAt: string',
  ValidationErrorItem: 'loc: list of string, msg: string, type: string',
};
