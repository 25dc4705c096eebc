import type { Dispatcher } from 'undici';
import { settleAll } from '../../platform/settle.domain.ts';

interface Entry {
  agent: Dispatcher;
  usedAt: number;
}

export interface AgentsOptions {
  /** Makes the agent of one list of subnets. */
  build: (allowedSubnets: readonly string[]) => Dispatcher;
  /** How long a connection may lie idle. */
  keepAliveMs: number;
  /** Lists of subnets with an agent at a time. */
  limit: number;
  /** Wall clock in ms: it runs on while a Lambda environment is frozen. */
  now: () => number;
}

/**
 * One agent per list of allowed subnets, so that a connection opened under one policy is never used under another.
 * An agent that lay idle longer than its connections may is replaced: after a thaw its timers have not fired yet,
 * and its sockets are dead.
 */
export class Agents {
  readonly #options: AgentsOptions;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: AgentsOptions) {
    this.#options = options;
  }

  /** The agent to send with now. */
  get(allowedSubnets: readonly string[]): Dispatcher {
    const key = keyOf(allowedSubnets);
    this.#retireIdle();
    const agent = this.#entries.get(key)?.agent ?? this.#options.build(allowedSubnets);
    this.#put(key, agent);
    if (this.#entries.size > this.#options.limit) this.#retireOldest();
    return agent;
  }

  /** Tells that a request ended, from when on its connection is idle. */
  release(allowedSubnets: readonly string[], agent: Dispatcher): void {
    const key = keyOf(allowedSubnets);
    if (this.#entries.get(key)?.agent === agent) this.#put(key, agent);
  }

  /** Waits for open requests. */
  async close(): Promise<void> {
    const agents = [...this.#entries.values()].map(({ agent }) => agent);
    this.#entries.clear();
    await settleAll(agents.map((agent) => agent.close()));
  }

  #put(key: string, agent: Dispatcher): void {
    this.#entries.delete(key);
    this.#entries.set(key, { agent, usedAt: this.#options.now() });
  }

  #retireIdle(): void {
    const idleSince = this.#options.now() - this.#options.keepAliveMs;
    for (const [key, { agent, usedAt }] of this.#entries) {
      if (usedAt >= idleSince) return;
      this.#retire(key, agent);
    }
  }

  #retireOldest(): void {
    const [oldest] = this.#entries;
    if (oldest !== undefined) this.#retire(oldest[0], oldest[1].agent);
  }

  #retire(key: string, agent: Dispatcher): void {
    this.#entries.delete(key);
    // Gently: a slow request may still be open. Closing twice is the only way for it to fail.
    agent.close().catch(() => undefined);
  }
}

const keyOf = (allowedSubnets: readonly string[]): string => [...allowedSubnets].sort().join(' ');
