import type { components } from './schema.ts';
import type { AttemptDetails } from './pending.ts';

export type {
  AttemptDetails,
  ApplicationFailures,
  Failures,
  HeaderValue,
  OffSpan,
  Palette,
  PortalSettings,
  TestAttempt,
} from './pending.ts';

type Schemas = components['schemas'];

export type Endpoint = Schemas['EndpointOut'];
export type EventType = Schemas['EventTypeOut'];
export type Message = Schemas['MessageOut'];
/** An attempt; with details if they were asked for. */
export type Attempt = Schemas['MessageAttemptOut'] & { readonly details?: AttemptDetails };
export type Task = Schemas['BackgroundTaskOut'];
