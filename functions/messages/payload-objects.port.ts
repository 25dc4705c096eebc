/** Large payloads, compressed, each under a key of its own. */
export interface PayloadObjects {
  put(key: string, packed: Uint8Array): Promise<void>;
  /** null: there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Does nothing where there is none. */
  remove(key: string): Promise<void>;
}
