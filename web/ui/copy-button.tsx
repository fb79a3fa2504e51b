import Button from '@cloudscape-design/components/button';
import { useEffect, useState } from 'react';

interface CopyButtonProps {
  /** what is copied; asked for at the click, so that it need not be kept */
  text: () => string;
  /** what it is, for the button's name: "Copy <what>" */
  what: string;
}

/** Copies a text and says whether that worked. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [said, setSaid] = useState<'' | 'Copied' | 'Copying was not allowed: select the text and copy it'>(
    '',
  );
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text()).then(
      () => setSaid('Copied'),
      () => setSaid('Copying was not allowed: select the text and copy it'),
    );
  return (
    <span className="row">
      <Button iconName="copy" onClick={() => void copy()}>
        Copy {what}
      </Button>
      <span role="status">{said}</span>
    </span>
  );
}
