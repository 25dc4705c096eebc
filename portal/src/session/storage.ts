/**
 * The tab's own storage. A browser that blocks storage in frames makes access throw: then the session lives in memory, and
 * a reload needs a new link.
 */
export const readStored = (name: string): unknown => {
  try {
    const text = sessionStorage.getItem(name);
    const value: unknown = text === null ? null : JSON.parse(text);
    return value;
  } catch {
    return null;
  }
};

export const store = (name: string, value: unknown): void => {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Memory has it.
  }
};

export const forget = (name: string): void => {
  try {
    sessionStorage.removeItem(name);
  } catch {
    // There was none.
  }
};
