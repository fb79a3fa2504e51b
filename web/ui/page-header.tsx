import { type ReactNode, useEffect, useRef } from 'react';
import { branding } from '../lib/config.ts';

interface PageHeaderProps {
  title: string;
  /** one sentence below the title */
  description?: ReactNode;
  actions?: ReactNode;
}

/**
 * The page's h1. On arrival it takes the focus, so that keyboard and screen reader start at the new page, and names
 * the browser's tab.
 */
export function PageHeader({ title, description, actions }: PageHeaderProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${title} - ${branding().title}`;
  }, [title]);
  return (
    <header className="row-apart">
      <div className="stack-close">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {description && <div className="quiet">{description}</div>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </header>
  );
}
