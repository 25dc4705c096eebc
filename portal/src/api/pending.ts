import type { components } from './schema.ts';

/** Operations of docs/portal-api.md that the generated document does not list yet. */
export interface Cause {
  readonly code: string;
  readonly sentence: string;
  readonly advice: string;
}

export interface HeaderValue {
  readonly name: string;
  /** Null: not shown. */
  readonly value: string | null;
}

export interface Phases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
}

export interface AttemptDetails {
  readonly cause: Cause | null;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly asSent: boolean;
    readonly headers: HeaderValue[];
  } | null;
  readonly response: { readonly headers: HeaderValue[]; readonly truncated: boolean } | null;
  readonly durationMs: number;
  readonly phases: Phases | null;
  readonly trigger: {
    readonly kind: 'scheduled' | 'manual';
    readonly number: number | null;
    readonly replayed: boolean;
  };
  readonly decision: 'succeeded' | 'retry' | 'exhausted' | 'gone' | 'manual-failed' | 'canceled';
  readonly nextAttemptAt: string | null;
  readonly receiverRequests: string[];
}

export interface Failures {
  readonly since: string;
  readonly until: string;
  readonly failed: number;
  readonly canceled: number;
  readonly causes: (Cause & { readonly count: number })[];
  readonly hours: { readonly hour: string; readonly causes: Readonly<Record<string, number>> }[];
  readonly complete: boolean;
}

export interface ApplicationFailures extends Failures {
  readonly endpoints: {
    readonly endpointId: string;
    readonly failed: number;
    readonly canceled: number;
  }[];
  readonly iterator: string | null;
  readonly done: boolean;
}

export interface TestAttempt {
  readonly messageId: string;
  readonly timestamp: string;
  readonly succeeded: boolean;
  readonly cause: Cause | null;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: HeaderValue[];
    readonly body: string;
  };
  readonly response: {
    readonly statusCode: number;
    readonly headers: HeaderValue[];
    readonly truncated: boolean;
    readonly body: string;
  } | null;
  readonly durationMs: number;
  readonly phases: Phases | null;
  readonly timeoutMs: number;
}

export interface OffSpan {
  readonly since: string;
  readonly until: string | null;
  readonly reason: 'owner' | 'failing' | 'gone' | 'receiver';
  readonly missed?: { readonly messages: number; readonly complete: boolean };
}

export type Palette = Readonly<Partial<Record<PaletteName, string | null>>>;
export type PaletteName =
  | 'primary'
  | 'backgroundPrimary'
  | 'backgroundSecondary'
  | 'backgroundHover'
  | 'textPrimary'
  | 'textSecondary'
  | 'textDanger'
  | 'interactiveAccent'
  | 'navigationAccent'
  | 'buttonPrimary'
  | 'borderPrimary';
export type RadiusName = 'none' | 'sm' | 'md' | 'lg' | 'full';

export interface PortalSettings {
  readonly displayName: string | null;
  readonly logoUrl: string | null;
  readonly customLogoUrl: string | null;
  readonly customFontFamily: string | null;
  readonly colorPaletteLight: Palette | null;
  readonly colorPaletteDark: Palette | null;
  readonly customThemeOverride: {
    readonly borderRadius?: Readonly<Partial<Record<'button' | 'card' | 'input', RadiusName | null>>> | null;
    readonly fontSize?: { readonly base?: number | null } | null;
  } | null;
  readonly customStringsOverride: Readonly<
    Partial<Record<'channelsOne' | 'channelsMany' | 'channelsHelp', string | null>>
  > | null;
  readonly enableChannels: boolean;
  readonly enableMessageTags: boolean;
  readonly showFeatureTooltips: boolean;
  readonly showSvixBrandFooter: boolean;
}

interface Answer<Body> {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly content: { readonly 'application/json': Body };
}

interface OfApplication {
  readonly app_id: string;
}
interface OfEndpoint extends OfApplication {
  readonly endpoint_id: string;
}

interface Read<Path, Query, Body> {
  get: {
    parameters: { path: Path; query?: Query };
    requestBody?: never;
    responses: { 200: Answer<Body> };
  };
}

interface Write<Path, In, Out> {
  post: {
    parameters: { path: Path; header?: { 'idempotency-key'?: string } };
    requestBody: { content: { 'application/json': In } };
    responses: { 200: Answer<Out> };
  };
}

interface Period {
  since?: string;
  until?: string;
}

export interface PendingPaths {
  '/api/v1/auth/whoami': {
    get: {
      parameters: object;
      requestBody?: never;
      responses: {
        200: Answer<{ appId?: string; capabilities?: string[] | null; expiresAt?: string | null }>;
      };
    };
  };
  '/api/v1/auth/logout': {
    post: { parameters: object; requestBody?: never; responses: { 204: { content?: never } } };
  };
  '/api/v1/auth/one-time-token': {
    post: {
      parameters: object;
      requestBody: { content: { 'application/json': { oneTimeToken: string } } };
      responses: { 200: Answer<{ token: string; capabilities: string[] }> };
    };
  };
  '/api/v1/app/{app_id}/portal-settings': Read<OfApplication, never, PortalSettings>;
  '/api/v1/app/{app_id}/failures': Read<
    OfApplication,
    Period & { limit?: number; iterator?: string },
    ApplicationFailures
  >;
  '/api/v1/app/{app_id}/endpoint/{endpoint_id}/failures': Read<OfEndpoint, Period, Failures>;
  '/api/v1/app/{app_id}/background-task': Read<
    OfApplication,
    { endpoint_id?: string; limit?: number; iterator?: string },
    { data: components['schemas']['BackgroundTaskOut'][]; done: boolean; iterator: string | null }
  >;
  '/api/v1/app/{app_id}/endpoint/{endpoint_id}/off-spans': Read<
    OfEndpoint,
    { count?: boolean },
    { data: OffSpan[] }
  >;
  '/api/v1/app/{app_id}/endpoint/{endpoint_id}/test-attempt': Write<
    OfEndpoint,
    { eventType?: string; payload?: unknown; exampleIndex?: number },
    TestAttempt
  >;
  '/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example': Write<
    OfEndpoint,
    { eventType: string; exampleIndex?: number; payload?: unknown },
    { id: string }
  >;
}
