import { makeApi } from '../api/client.ts';
import type { Api } from '../api/client.ts';
import { ApiError, isTemporary } from '../api/problem.ts';
import type { Places } from '../routing/base.ts';
import { isRecord } from '../lib/records.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { Capability } from './capabilities.ts';
import { allowedServer, loadConfig } from './config.ts';
import { carriesKey, parsePortalKey } from './link.ts';
import type { PortalKey } from './link.ts';
import type { UnsavedInput } from './unsaved.ts';
import { forget, readStored, store } from './storage.ts';

export interface Session {
  readonly appId: string;
  readonly api: Api;
  /** Null: all. */
  readonly capabilities: readonly Capability[] | null;
}

export type ClosedReason = 'missing' | 'expired' | 'loggedOut' | 'unreadable' | 'used';

/** Why there is no session yet, and when that was tried last. */
interface Unreachable {
  readonly kind: 'unreachable';
  readonly failures: number;
  readonly failedAtMs: number;
  readonly isRetrying: boolean;
}

export type SessionState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly session: Session }
  /** The token is no longer accepted, but the screen has input that was not saved. */
  | { readonly kind: 'ended'; readonly session: Session }
  | Unreachable
  | { readonly kind: 'closed'; readonly reason: ClosedReason };

interface Login {
  readonly appId: string;
  readonly token: string;
  readonly apiUrl: string;
}

const STORED = 'posthorn.session';

const storedLogin = (): Login | null => {
  const value = readStored(STORED);
  if (!isRecord(value)) return null;
  const { appId, token, apiUrl } = value;
  if (typeof appId !== 'string' || typeof token !== 'string' || typeof apiUrl !== 'string') return null;
  return { appId, token, apiUrl };
};

const nothing = () => undefined;

/** What the page may do, and until when: from the link's fragment once, then from memory and the tab's storage. */
export class SessionStore {
  readonly #places: Places;
  readonly #unsaved: UnsavedInput;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { kind: 'opening' };
  #login: Login | null = null;
  #key: PortalKey | null = null;

  constructor(places: Places, unsaved: UnsavedInput) {
    this.#places = places;
    this.#unsaved = unsaved;
    unsaved.subscribe(() => {
      if (!unsaved.exists) this.leave();
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the link in the address and removes its secret before anything is requested. */
  arrive(): void {
    if (carriesKey(location.hash)) {
      this.#key = parsePortalKey(location.hash);
      history.replaceState(history.state, '', location.pathname + location.search);
      this.forget();
      if (this.#key === null) this.#become({ kind: 'closed', reason: 'unreadable' });
      return;
    }
    this.#login = storedLogin();
    if (this.#login === null) this.#become({ kind: 'closed', reason: 'missing' });
  }

  /** Logs in with what `arrive` found; again after the server could not be reached. */
  async open(): Promise<void> {
    const before = this.#state;
    if (before.kind === 'unreachable' && !before.isRetrying) this.#become({ ...before, isRetrying: true });
    else if (before.kind !== 'opening') return;
    try {
      this.#login ??= await this.#loginBy(this.#key);
      if (this.#login !== null) this.#become({ kind: 'open', session: await this.#sessionOf(this.#login) });
    } catch (thrown) {
      const reason = this.#reasonOf(thrown);
      if (reason !== null) this.#close(reason);
      else this.#unreachable(before.kind === 'unreachable' ? before.failures + 1 : 1);
    }
  }

  /** The reader is done with the input that was left when the session ended. */
  leave(): void {
    if (this.#state.kind === 'ended') this.#close('expired');
  }

  async logOut(): Promise<void> {
    const login = this.#login;
    try {
      if (login !== null) await this.#api(login).POST('/api/v1/auth/logout');
    } catch {
      // The token ends by itself; the page forgets it in any case.
    }
    this.#close('loggedOut');
  }

  forget(): void {
    this.#login = null;
    forget(STORED);
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #close(reason: ClosedReason): void {
    this.forget();
    this.#key = null;
    this.#become({ kind: 'closed', reason });
  }

  #unreachable(failures: number): void {
    this.#become({ kind: 'unreachable', failures, failedAtMs: Date.now(), isRetrying: false });
  }

  /** The API no longer accepts the token. */
  #expire(): void {
    if (this.#state.kind === 'ended') return;
    if (this.#state.kind !== 'open' || !this.#unsaved.exists) {
      this.#close('expired');
      return;
    }
    this.forget();
    this.#become({ kind: 'ended', session: this.#state.session });
  }

  /** Why the link or the token was refused; null: the server could not be reached. */
  #reasonOf(thrown: unknown): ClosedReason | null {
    if (!(thrown instanceof ApiError) || isTemporary(thrown)) return null;
    // The key is forgotten once it gave a token.
    return this.#key === null ? 'expired' : 'used';
  }

  #api({ apiUrl, token }: Login): Api {
    return makeApi({ apiUrl, token, onUnauthorized: () => this.#expire() });
  }

  async #loginBy(key: PortalKey | null): Promise<Login | null> {
    if (key === null) return null;
    const apiUrl = await this.#apiUrlOf(key);
    const { kind, value } = key.credential;
    const token = kind === 'token' ? value : await this.#exchange(apiUrl, value);
    const login = { appId: key.appId, token, apiUrl };
    store(STORED, login);
    this.#key = null;
    return login;
  }

  async #apiUrlOf({ serverUrl }: PortalKey): Promise<string> {
    const { apiUrl, base } = this.#places;
    if (serverUrl === null || serverUrl.replace(/\/+$/, '') === apiUrl) return apiUrl;
    return allowedServer(serverUrl, await loadConfig(base)) ?? apiUrl;
  }

  async #exchange(apiUrl: string, oneTimeToken: string): Promise<string> {
    const api = makeApi({ apiUrl, token: null, onUnauthorized: nothing });
    const { data } = await api.POST('/api/v1/auth/one-time-token', { body: { oneTimeToken } });
    if (data === undefined) throw new ApiError(502, 'no_token', '');
    return data.token;
  }

  async #sessionOf(login: Login): Promise<Session> {
    const api = this.#api(login);
    const { data } = await api.GET('/api/v1/auth/whoami');
    return { appId: data?.appId ?? login.appId, api, capabilities: capabilitiesOf(data?.capabilities) };
  }
}
