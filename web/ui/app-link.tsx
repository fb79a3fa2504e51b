import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { Link, useNavigate } from 'react-router-dom';

/** A link to a page of this app. @param to from lib/paths */
export function AppLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link className="link" to={to}>
      {children}
    </Link>
  );
}

interface ButtonLinkProps {
  to: string;
  children: ReactNode;
  variant?: 'primary' | 'normal';
}

/** A link to a page of this app that looks like a button. */
export function ButtonLink({ to, children, variant = 'normal' }: ButtonLinkProps) {
  const navigate = useNavigate();
  return (
    <Button
      variant={variant}
      href={to}
      onFollow={(event) => {
        // A plain click stays in the app; with a modifier key it is the browser's to open a tab.
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Button>
  );
}
