/** What on-call needs to know about a thing that can fail. Nothing that holds messages can be made without one. */
export interface OnCallInformation {
  /** Who feels it, in a sentence: the first words of every alarm. */
  readonly impact: string;
  /** The heading in docs/runbook.md, as its anchor. */
  readonly runbook: string;
  /** The command that puts its dead letters back to work. */
  readonly replay: string;
}
