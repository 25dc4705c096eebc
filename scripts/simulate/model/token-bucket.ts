/** A rate with a burst, as API Gateway and DynamoDB apply it. */
export interface TokenBucket {
  /** Takes so many tokens, or none and returns false. */
  readonly take: (nowMs: number, count: number) => boolean;
  /** Takes so many tokens as soon as there are some: returns how long that takes (ms). */
  readonly wait: (nowMs: number, count: number) => number;
  readonly setRate: (rate: number) => void;
}

/** `rate`: tokens a second. */
export const makeTokenBucket = (rate: number, burst: number): TokenBucket => {
  let perMs = rate / 1_000;
  let most = burst;
  let tokens = burst;
  let at = 0;
  const refill = (nowMs: number) => {
    tokens = Math.min(most, tokens + (nowMs - at) * perMs);
    at = nowMs;
  };
  return {
    take: (nowMs, count) => {
      refill(nowMs);
      if (tokens < count) return false;
      tokens -= count;
      return true;
    },
    wait: (nowMs, count) => {
      refill(nowMs);
      tokens -= count;
      return tokens >= 0 ? 0 : -tokens / perMs;
    },
    setRate: (next) => {
      most *= next / (perMs * 1_000);
      perMs = next / 1_000;
    },
  };
};
