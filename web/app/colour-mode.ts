import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';

/** Light or dark: as the system is set, until the person chooses. The choice is all that is kept in localStorage. */

const key = 'stepladder-colour-mode';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function current(): Mode {
  const chosen = localStorage.getItem(key);
  if (chosen === Mode.Light || chosen === Mode.Dark) return chosen;
  return system.matches ? Mode.Dark : Mode.Light;
}

/** Show the page in the current mode. */
export function applyColourMode(): void {
  applyMode(current());
  for (const listener of listeners) listener();
}

system.addEventListener('change', applyColourMode);
// Another tab of this app chose.
addEventListener('storage', applyColourMode);

/** Whether the page is dark, and the function that switches. */
export function useColourMode(): { dark: boolean; toggle: () => void } {
  const mode = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
  const toggle = () => {
    localStorage.setItem(key, mode === Mode.Dark ? Mode.Light : Mode.Dark);
    applyColourMode();
  };
  return { dark: mode === Mode.Dark, toggle };
}
