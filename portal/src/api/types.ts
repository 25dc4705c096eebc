import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type Endpoint = Schemas['EndpointOut'];
export type EventType = Schemas['EventTypeOut'];
export type Message = Schemas['MessageOut'];
/** An attempt; with details if they were asked for. */
export type Attempt = Schemas['MessageAttemptOut'];
export type AttemptDetails = Schemas['AttemptDetailsOut'];
export type HeaderValue = Schemas['HeaderOut'];
export type Failures = Schemas['EndpointFailuresOut'];
export type ApplicationFailures = Schemas['ApplicationFailuresOut'];
export type OffSpan = Schemas['OffSpanOut'];
export type TestAttempt = Schemas['TestAttemptOut'];
export type PortalSettings = Schemas['PortalSettingsOut'];
export type Palette = Schemas['PortalPaletteOut'];
export type Task = Schemas['BackgroundTaskOut'];
