import { describe, expect, it } from 'vitest';
import { warnOfDeadLetters } from '../../../scripts/reconcile/dead-letters.ts';
import { fakeStage } from '../dlq/fake-stage.ts';

describe('reconcile', () => {
  it('warns about dead letters of the delivery pipeline with the command that replays each', async () => {
    const { stage, queues } = fakeStage();
    const lines: string[] = [];
    for (const output of ['FanOutStreamDlqUrl', 'DeliveryDlqUrl', 'DeliveryDlqUrl', 'ProjectStreamDlqUrl'])
      queues.put(`q/${output}`, '{}', 1);
    await warnOfDeadLetters(stage, 'prod', (text) => void lines.push(text));
    expect(lines.slice(1)).toEqual([
      '  1 dead letter: npm run dlq -- replay fan-out --stage prod',
      '  2 dead letters: npm run dlq -- replay delivery --stage prod',
    ]);
    expect(lines[0]).toContain('before you use --fix');
  });

  it('does not warn without dead letters', async () => {
    const lines: string[] = [];
    await warnOfDeadLetters(fakeStage().stage, 'prod', (text) => void lines.push(text));
    expect(lines).toEqual([]);
  });
});
