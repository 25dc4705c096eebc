import { useQuery } from '@tanstack/preact-query';
import { useSession } from '../session/use-session.tsx';
import { MAY_VANISH } from './vanished.ts';
import { fetchMessage } from './message-text.ts';

/** A message with its payload as it was published. It never changes, so it is read once. */
export const useFullMessage = (messageId: string) => {
  const session = useSession();
  return useQuery({
    queryKey: ['message', session.appId, messageId],
    meta: MAY_VANISH,
    queryFn: ({ signal }) => fetchMessage(session, messageId, signal),
    staleTime: Infinity,
  });
};
