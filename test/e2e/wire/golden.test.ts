import { beforeAll, describe, inject } from 'vitest';
import { freshTenant } from '../../support/api.ts';
import type { Tenant } from '../../support/api.ts';
import { apiKinds } from '../../support/client.ts';
import { accessExchanges } from './access.ts';
import { applications } from './applications.ts';
import { attempts } from './attempts.ts';
import { endpoints } from './endpoints.ts';
import { environment } from './environment.ts';
import { eventTypes } from './event-types.ts';
import { play } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { messages } from './messages.ts';
import { operationalWebhooks } from './operational-webhooks.ts';
import { replays } from './replays.ts';

/** Golden exchanges, each list in an organization of its own, over every API that the stack has. */
const suite = (name: string, exchanges: () => readonly Exchange[], applicationUids: readonly string[] = []) =>
  describe.each(apiKinds())(`golden exchanges of ${name} over the %s API`, (kind) => {
    let tenant: Tenant | undefined;
    beforeAll(async () => {
      tenant = await freshTenant(kind);
      await tenant.settings({ retrySchedule: [600] });
      for (const uid of applicationUids) await tenant.ask('POST', '/app', { name: uid, uid });
    });
    play(() => tenant!, exchanges());
  });

suite('applications', () => applications);
suite('event types', () => eventTypes);
suite('environments', () => environment);
suite('endpoints', () => endpoints, ['acme']);
suite('messages', () => messages, ['acme']);
suite('operational webhooks', () => operationalWebhooks);
suite('tokens and paths', () => accessExchanges, ['acme', 'other']);
suite('attempts', () => [...attempts(`${inject('stack').receiverHookUrl}/golden`), ...replays], ['acme']);
