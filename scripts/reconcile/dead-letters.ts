import { queueState } from '../dlq/queue-state.ts';
import { MESSAGE_WAY } from '../dlq/queues.ts';
import type { Stage } from '../dlq/stage.ts';

/**
 * Says which dead letters lie on a message's way, and how they come back. What they are about counts as overdue, so a
 * replay after `--fix` puts the same deliveries on their way twice: sent once by their identity, and needless.
 */
export const warnOfDeadLetters = async (
  stage: Stage,
  stageName: string,
  say: (text: string) => void,
): Promise<void> => {
  const queues = await Promise.all(
    MESSAGE_WAY.map(async ({ name, output }) => ({ name, ...(await queueState(stage, output)) })),
  );
  const dead = queues.filter(({ held }) => held > 0);
  if (dead.length === 0) return;
  say('Dead letters lie on the way. Replay them before you say --fix, which would find the same deliveries:');
  for (const { name, held } of dead)
    say(`  ${held} ${held === 1 ? 'letter' : 'letters'}: npm run dlq -- replay ${name} --stage ${stageName}`);
};
