import { synth } from './synth.ts';
import type { Synthesized } from './synth.ts';

const aws = (name: string, more: object): (() => Synthesized) => {
  const text = JSON.stringify({ target: 'aws', keepState: true, ...more });
  return () => synth(name, { text });
};

/** Every shape that a stage can have: what its options add or leave out. */
export const SHAPES: Readonly<Record<string, () => Synthesized>> = {
  'HTTP API, state kept': aws('http', {}),
  'REST API, state not kept': aws('rest', { keepState: false, api: { http: false, rest: true } }),
  'both APIs and every option': aws('everything', {
    api: { http: true, rest: true },
    reservedConcurrency: { publish: 50, query: 20, admin: 10 },
    alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
    dashboard: false,
    backUpDeliveries: false,
  }),
  'an emulator': () => synth('local'),
  'an emulator without HTTP APIs': () => synth('local', { restOnly: true }),
};
