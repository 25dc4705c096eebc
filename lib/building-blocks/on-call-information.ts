/** What the on-call engineer needs to know about a component that fails. Every queue and stream reader requires it. */
export interface OnCallInformation {
  /** Who is affected and how, in one sentence; alarm descriptions begin with it. */
  readonly impact: string;
  /** The anchor of the section in docs/runbook.md. */
  readonly runbook: string;
  /** The command that replays dead-lettered messages, or why none is needed. */
  readonly replay: string;
}
