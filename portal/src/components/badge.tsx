import type { ComponentChildren } from 'preact';

export type Tone = 'neutral' | 'success' | 'danger' | 'warning' | 'accent';

/** A short state. Its word says what its colour says. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>
    <span class="badge-dot" aria-hidden="true" />
    {children}
  </span>
);

/** A label without a state, such as an event type. */
export const Tag = ({ children }: { children: ComponentChildren }) => <span class="tag">{children}</span>;
