import { useEffect, useRef } from 'preact/hooks';

type IsUnsaved = () => boolean;

/** The forms on the screen, and whether they have input that is not saved. */
export class UnsavedInput {
  readonly #forms = new Set<IsUnsaved>();
  readonly #listeners = new Set<() => void>();

  get exists(): boolean {
    return [...this.#forms].some((isUnsaved) => isUnsaved());
  }

  register(isUnsaved: IsUnsaved): () => void {
    this.#forms.add(isUnsaved);
    return () => {
      this.#forms.delete(isUnsaved);
      for (const listener of this.#listeners) listener();
    };
  }

  /** Calls the listener whenever a form has left the screen. */
  subscribe(listener: () => void): void {
    this.#listeners.add(listener);
  }
}

/** That of this page. */
export const unsavedInput = new UnsavedInput();

/** Says whether the form of this component has input that is not saved, so that the end of the session does not take it. */
export const useUnsaved = (isUnsaved: boolean): void => {
  const latest = useRef(isUnsaved);
  latest.current = isUnsaved;
  useEffect(() => unsavedInput.register(() => latest.current), []);
};
