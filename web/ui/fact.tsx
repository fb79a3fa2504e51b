import type { ReactNode } from 'react';

interface FactProps {
  name: string;
  children: ReactNode;
  /** takes the whole line */
  wide?: boolean;
}

/** One name and what it stands for, in a `<dl className="facts">`. */
export function Fact({ name, children, wide = false }: FactProps) {
  return (
    <div className={wide ? 'wide' : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What a person wrote, as they wrote it; nothing where they wrote nothing. */
export function Written({ name, text }: { name: string; text: string }) {
  if (text === '') return null;
  return (
    <Fact name={name} wide>
      <span className="written">{text}</span>
    </Fact>
  );
}
