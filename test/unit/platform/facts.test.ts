import { expect, it } from 'vitest';
import { makeFacts } from '../../../functions/platform/lambda/facts.ts';
import { NOON } from '../../support/simulation/builders.ts';

it('a burst of a minute has lost at most ten seconds of its healthy facts when its process ends', () => {
  const written: { readonly Accepted: number }[] = [];
  let nowMs = NOON;
  const facts = makeFacts({
    now: () => nowMs,
    write: (line) => written.push(JSON.parse(line) as { Accepted: number }),
  });
  for (let second = 0; second < 60; second += 1) {
    nowMs = NOON + second * 1_000;
    facts.count('Accepted');
    facts.flush('publish-prod');
  }
  expect(written.map(({ Accepted }) => Accepted)).toEqual([1, 10, 10, 10, 10, 10]);
});
