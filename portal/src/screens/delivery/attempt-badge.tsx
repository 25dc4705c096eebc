import type { Attempt } from '../../api/types.ts';
import { StatusBadge } from '../../components/delivery/status-badge.tsx';

export const AttemptBadge = ({ attempt }: { attempt: Pick<Attempt, 'status'> }) => (
  <StatusBadge status={attempt.status} />
);
