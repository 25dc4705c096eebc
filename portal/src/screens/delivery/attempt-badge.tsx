import type { Attempt } from '../../api/types.ts';
import { StatusBadge } from '../../components/status-badge.tsx';

export const AttemptBadge = ({ attempt }: { attempt: Pick<Attempt, 'status'> }) => (
  <StatusBadge status={attempt.status} />
);
