import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { permits } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import type { Session, SessionState, SessionStore } from './session.ts';

export const SessionContext = createContext<Session | null>(null);

/** The open session: `api` and the application's id for its paths. Only within the screens of a session. */
export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs an open session');
  return session;
};

/** Whether the link allows this. The API enforces it; the page only hides what would be refused. */
export const useCan = (capability: Capability): boolean => permits(useSession().capabilities, capability);

export const useSessionState = (sessions: SessionStore): SessionState => {
  const [state, setState] = useState(sessions.state);
  useEffect(() => {
    setState(sessions.state);
    return sessions.subscribe(() => setState(sessions.state));
  }, [sessions]);
  return state;
};
