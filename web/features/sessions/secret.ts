/**
 * A secret in a box that can be emptied. NB. React keeps earlier states and properties of its components for a while,
 * and a closure keeps what it saw: they all have the box only, and the box has nothing any more.
 */
export interface Secret<Value> {
  /** null once it is wiped */
  read(): Value | null;
  /** Empties the box for good. */
  wipe(): void;
  /** Calls `listener` while it is wiped, or at once if that is done: whoever wrote it down takes it away again. */
  onWipe(listener: () => void): () => void;
}

export function secretOf<Value>(value: Value): Secret<Value> {
  let held: Value | null = value;
  const listeners = new Set<() => void>();
  return {
    read: () => held,
    wipe: () => {
      held = null;
      const told = [...listeners];
      listeners.clear();
      for (const listener of told) listener();
    },
    onWipe: (listener) => {
      if (held === null) listener();
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
