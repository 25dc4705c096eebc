/**
 * The two parts of undici that sending needs, by their own files: its index also brings fetch, caches, WebSockets and
 * mocks, which are half a megabyte of a cold start. The version is pinned, and a test of the bundle's size watches this.
 */
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export default buildConnector;
}
