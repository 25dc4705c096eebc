import { expect, it } from 'vitest';
import { IDLE_AFTER_MS, POLL_EVERY_MS, Poller } from '../../../portal/src/polling/poller.ts';

const setup = () => {
  const state = { now: 0, visible: true, fetched: [] as string[] };
  const poller = new Poller(
    () => state.now,
    () => state.visible,
  );
  const register = (name: string) => {
    let fetchedAt = 0;
    return poller.register({
      dueAtMs: () => fetchedAt + POLL_EVERY_MS,
      fetch: () => {
        fetchedAt = state.now;
        state.fetched.push(name);
      },
    });
  };
  const run = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      state.now += 1_000;
      poller.tick();
    }
  };
  return { state, poller, register, run };
};

it('portal: polls at most one request in five seconds, what is oldest first', () => {
  const { state, register, run } = setup();
  register('a');
  register('b');
  run(20);
  expect(state.fetched).toEqual(['a', 'b', 'a', 'b']);
});

it('portal: asks nothing while hidden', () => {
  const { state, register, run } = setup();
  register('a');
  state.visible = false;
  run(60);
  expect(state.fetched).toEqual([]);
});

it('portal: stops after ten minutes without input, and goes on with the next', () => {
  const { state, poller, register, run } = setup();
  register('a');
  run(1_200);
  const untilIdle = state.fetched.length;
  expect(untilIdle).toBeLessThanOrEqual(IDLE_AFTER_MS / 5_000);
  run(600);
  expect(state.fetched).toHaveLength(untilIdle);
  poller.active();
  run(5);
  expect(state.fetched).toHaveLength(untilIdle + 1);
});

it('portal: forgets what left the screen', () => {
  const { state, register, run } = setup();
  register('a')();
  run(30);
  expect(state.fetched).toEqual([]);
});
