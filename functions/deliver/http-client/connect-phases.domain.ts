/** How long (ms) each phase of connecting took. A phase that was not reached is absent. */
export interface ConnectPhases {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
}
