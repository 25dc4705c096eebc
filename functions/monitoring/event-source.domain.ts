/** An event source mapping as Lambda describes it. */
export interface EventSource {
  readonly id: string;
  /** `Enabled`, `Disabled`, or a state between the two. */
  readonly state: string;
  /** Of the last poll; empty for queues. */
  readonly lastResult: string;
}

/** Lambda begins the result of a poll that it could not make with this word: no permission, no stream, no key. */
const PROBLEM = /^PROBLEM/i;

/** Why a mapping invokes no function, or undefined. `Creating`, `Enabling` and `Updating` pass within minutes. */
export const stopReason = ({ state, lastResult }: EventSource): 'disabled' | 'failing' | undefined => {
  if (/^(Disabl|Delet)/.test(state)) return 'disabled';
  return PROBLEM.test(lastResult) ? 'failing' : undefined;
};
