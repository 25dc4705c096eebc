import type { AttemptLog } from '../../../functions/deliver/delivery.port.ts';
import type { Outbound } from '../../../functions/deliver/http-client/outbound.port.ts';
import type { Process } from './process.ts';
import { messageIdOf, pairAt } from './receivers.ts';
import type { Pair } from './receivers.ts';

interface SendPorts {
  readonly outbound: Outbound;
  readonly log: AttemptLog;
}

/** Requests of one kind. */
export interface Count {
  readonly of: (pair: Pair) => number;
  readonly all: () => number;
}

/** What may be sent twice, and why. */
export interface SendLedger {
  /** Wraps the two ports of a process between which a crash leaves a request without a record. */
  readonly tracker: (process: Pick<Process, 'atEnd'>, ports: SendPorts) => SendPorts;
  /** Requests whose process ended, or whose record failed, before they were recorded. */
  readonly cut: Count;
  /** Requests that were repeated within one attempt, after a transport error. */
  readonly retried: Count;
  /** Requests that found the attempt of a duplicate recorded: their delivery was queued twice. */
  readonly duplicated: Count;
  /** Processes that ended with requests which were not recorded. */
  readonly processesCut: () => number;
}

const makeCounter = () => {
  const counts = new Map<Pair, number>();
  return {
    add: (pair: Pair) => void counts.set(pair, (counts.get(pair) ?? 0) + 1),
    of: (pair: Pair) => counts.get(pair) ?? 0,
    all: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
};

/** Keeps account of every request between its start and its record, process by process. */
export const makeSendLedger = (): SendLedger => {
  const cut = makeCounter();
  const retried = makeCounter();
  const duplicated = makeCounter();
  let processesCut = 0;

  return {
    tracker: (process, { outbound, log }) => {
      const open = new Set<Pair>();
      process.atEnd(() => {
        if (open.size > 0) processesCut += 1;
        for (const pair of open) cut.add(pair);
        open.clear();
      });
      return {
        outbound: {
          send: (request) => {
            const pair = pairAt(request.url, messageIdOf(request));
            if (open.has(pair)) retried.add(pair);
            open.add(pair);
            return outbound.send(request);
          },
        },
        log: {
          ...log,
          record: async (attempt) => {
            const recorded = await log.record(attempt);
            if (attempt.decision.kind === 'canceled') return recorded;
            const pair = pairAt(attempt.url, attempt.messageId);
            if (open.delete(pair) && recorded.id !== attempt.id) duplicated.add(pair);
            return recorded;
          },
        },
      };
    },
    cut,
    retried,
    duplicated,
    processesCut: () => processesCut,
  };
};
