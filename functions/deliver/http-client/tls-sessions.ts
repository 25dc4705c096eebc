/** TLS sessions to resume: a full handshake costs more than the rest of a delivery. The oldest is dropped. */
export interface TlsSessions {
  get(key: string): Buffer | undefined;
  set(key: string, session: Buffer): void;
  delete(key: string): void;
}

/** Sessions, a few KB each. */
const LIMIT = 100;

export const makeTlsSessions = (): TlsSessions => {
  const sessions = new Map<string, Buffer>();
  return {
    get: (key) => sessions.get(key),
    set: (key, session) => {
      sessions.delete(key);
      sessions.set(key, session);
      const [oldest] = sessions.keys();
      if (sessions.size > LIMIT && oldest !== undefined) sessions.delete(oldest);
    },
    delete: (key) => sessions.delete(key),
  };
};
