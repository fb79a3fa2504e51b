import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import './dialog.css';

interface DialogProps {
  title: string;
  children: ReactNode;
  /** buttons, the main one last */
  footer: ReactNode;
  /** Escape was pressed. Leave it out where the dialog must be answered. */
  onDismiss?: (() => void) | undefined;
  wide?: boolean;
}

/**
 * A modal dialog, open as long as it is rendered. The browser's own element keeps the focus inside and gives it back
 * to the button that opened it.
 */
export function Dialog({ title, children, footer, onDismiss, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // NB. A layout effect: its end runs while the element is still in the page, and only then does the focus go back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onDismiss?.();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div className="dialog-body">{children}</div>
      <div className="dialog-footer">{footer}</div>
    </dialog>
  );
}
