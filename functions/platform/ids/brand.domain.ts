/** The only casts from a string to a branded id. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type OrgId = Branded<'org'>;
export type AppId = Branded<'app'>;
export type EndpointId = Branded<'ep'>;
export type MessageId = Branded<'msg'>;
export type AttemptId = Branded<'atmpt'>;

export const orgId = (text: string) => text as OrgId;
export const appId = (text: string) => text as AppId;
export const endpointId = (text: string) => text as EndpointId;
export const messageId = (text: string) => text as MessageId;
export const attemptId = (text: string) => text as AttemptId;
