import type { Delivery } from '../../../functions/deliver/delivery.port.ts';
import type { VirtualClock } from './clock.ts';
import type { Parts } from './functions.ts';

/** The subject of a row: its tenant, endpoint or message. */
export type Subject = Partial<Pick<Delivery, 'orgId' | 'appId' | 'messageId'>> & {
  readonly endpointId?: string | null;
};

export type RowKind =
  'context' | 'tenant' | 'throttle' | 'health' | 'log' | 'queue' | 'due' | 'parking' | 'views';

/** Whether rows of a subject fail now: the table throttles them, or the queue refuses its record. */
export type RowFault = (what: RowKind, subject: Subject) => boolean;

/** How long a client retries a row that stays throttled; the first read of a batch gives up sooner. */
const TRIED_MS = 4_000;
const BRIEFLY_TRIED_MS = 100;

type Async = (...args: never[]) => Promise<unknown>;

/** Adapters whose rows fail separately. */
export const withRowFaults = (parts: Parts, fault: RowFault, clock: VirtualClock): Parts => {
  const check = async (what: RowKind, subject: Subject, afterMs = TRIED_MS) => {
    if (!fault(what, subject)) return;
    await clock.sleep(afterMs);
    throw new Error(`${what} was throttled`);
  };
  /** Every method of the port fails where its first argument is a subject that fails. */
  const bySubject = <Port extends object>(what: RowKind, port: Port): Port =>
    new Proxy(port, {
      get: (_, key) => {
        const member: unknown = Reflect.get(port, key);
        if (typeof member !== 'function') return member;
        return async (...args: never[]) => {
          const [subject] = args as unknown as [unknown];
          if (typeof subject === 'object' && subject !== null && 'endpointId' in subject)
            await check(what, subject as Subject);
          return (member as Async)(...args);
        };
      },
    });
  const queueOf = <Queue extends Parts['bulkQueue']>(queue: Queue): Queue => ({
    ...queue,
    send: async (some) => {
      for (const { delivery } of some) await check('queue', delivery, 0);
      await queue.send(some);
    },
    sendEach: (some) =>
      Promise.allSettled(
        some.map(async (one) => {
          await check('queue', one.delivery, 0);
          await queue.send([one]);
        }),
      ),
  });

  return {
    ...parts,
    tenants: {
      ...parts.tenants,
      load: async (keys) => {
        for (const key of keys) await check('tenant', key);
        return parts.tenants.load(keys);
      },
      loadSettled: async (keys, part) => {
        const failing = keys.map((key) => fault('tenant', key));
        if (failing.includes(true)) await clock.sleep(BRIEFLY_TRIED_MS);
        const found = await parts.tenants.loadSettled(keys, part);
        return found.map((one, index) =>
          failing[index] === true ? { status: 'rejected', reason: new Error('tenant was throttled') } : one,
        );
      },
    },
    reader: {
      read: async (deliveries, patience) => {
        const failing = deliveries.map((one) => fault('context', one));
        if (failing.includes(true)) await clock.sleep(patience === 'brief' ? BRIEFLY_TRIED_MS : TRIED_MS);
        const found = await parts.reader.read(deliveries, patience);
        return found.map((complete, index) =>
          failing[index] === true ? () => Promise.reject(new Error('context was throttled')) : complete,
        );
      },
    },
    throttle: bySubject('throttle', parts.throttle),
    health: bySubject('health', parts.health),
    parking: bySubject('parking', parts.parking),
    due: {
      ...parts.due,
      put: async (delivery, atMs, nowMs) => {
        await check('due', delivery);
        await parts.due.put(delivery, atMs, nowMs);
      },
    },
    log: {
      ...parts.log,
      record: async (attempt) => {
        await check('log', attempt);
        return parts.log.record(attempt);
      },
    },
    queue: queueOf(parts.queue),
    bulkQueue: queueOf(parts.bulkQueue),
  };
};
