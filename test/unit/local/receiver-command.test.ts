import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../scripts/local/receiver/receiver-command.ts';

const parse = (query: string, tryNumber = 1) => parseCommand(new URLSearchParams(query), tryNumber);
const outcomes = (query: string, tries: number) =>
  Array.from({ length: tries }, (_, index) => {
    const parsed = parse(query, index + 1);
    if (parsed.kind === 'invalid') return parsed.reason;
    const { outcome } = parsed.command;
    return outcome.kind === 'answer' ? outcome.status : outcome.kind;
  });

describe('receiver URL commands', () => {
  it('answer 200 to a URL without commands and to unknown parameters', () => {
    expect(outcomes('', 1)).toEqual([200]);
    expect(outcomes('case=7', 1)).toEqual([200]);
  });

  it('combine status, delay, retry-after, body and headers', () => {
    expect(parse('status=503&delay=2000&retry-after=10&body=busy&header-x-a=b')).toEqual({
      kind: 'ok',
      command: {
        outcome: {
          kind: 'answer',
          status: 503,
          headers: [
            ['retry-after', '10'],
            ['x-a', 'b'],
          ],
          body: { kind: 'text', text: 'busy' },
        },
        delayMs: 2000,
        bodyDelayMs: 0,
        hold: null,
      },
    });
  });

  it('fail the first n attempts of a message with flap=n', () => {
    expect(outcomes('flap=2', 4)).toEqual([500, 500, 200, 200]);
    expect(outcomes('flap=1&status=204', 3)).toEqual([500, 204, 204]);
  });

  it('play a script in order and repeat its last step', () => {
    expect(outcomes('script=500,timeout,hang-up:body,200', 5)).toEqual([500, 'timeout', 'hang-up', 200, 200]);
  });

  it('redirect with 302 unless another status is given', () => {
    expect(outcomes('redirect=http://a.example/', 1)).toEqual([302]);
    expect(outcomes('redirect=http://a.example/&status=308', 1)).toEqual([308]);
  });

  it.each([
    'status=abc',
    'status=99',
    'delay=-1',
    'hang-up=later',
    'flap=1&script=200',
    'header-a=%00',
    'script=,',
  ])('report that %s is invalid', (query) => expect(parse(query)).toMatchObject({ kind: 'invalid' }));
});
