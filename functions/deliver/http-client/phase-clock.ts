import type { TransportCause } from '../causes.domain.ts';
import type { ConnectPhases } from './connect-phases.domain.ts';
import { msSince, rightNow } from './deadline.ts';

/** The phases of connecting by what a connector waits for. */
const PHASES: Partial<Readonly<Record<TransportCause, keyof ConnectPhases>>> = {
  timeout_dns: 'dnsMs',
  timeout_connect: 'connectMs',
  timeout_tls: 'tlsMs',
};

/** Measures how long each phase of connecting takes. */
export class PhaseClock {
  readonly #phases: { -readonly [Phase in keyof ConnectPhases]: ConnectPhases[Phase] } = {};
  #waitingFor: TransportCause | undefined;
  #since = 0;
  #stopped = false;

  /** Ends the phase before. After `stop`, of a connection that was given up, it has no effect. */
  begin(waitingFor: TransportCause): void {
    if (this.#stopped) return;
    this.#end();
    this.#waitingFor = waitingFor;
    this.#since = rightNow();
  }

  stop(): void {
    this.#end();
    this.#stopped = true;
  }

  /** Undefined: no connection was begun. */
  get phases(): ConnectPhases | undefined {
    return Object.keys(this.#phases).length === 0 ? undefined : this.#phases;
  }

  #end(): void {
    const phase = this.#waitingFor === undefined ? undefined : PHASES[this.#waitingFor];
    this.#waitingFor = undefined;
    if (phase !== undefined) this.#phases[phase] = Math.round(msSince(this.#since));
  }
}
