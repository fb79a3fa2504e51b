import type { ReactNode } from 'react';
import './unbroken.css';

/** A word or two in a table that must not be broken where the column is narrow. */
export function Unbroken({ children }: { children: ReactNode }) {
  return <span className="unbroken">{children}</span>;
}
