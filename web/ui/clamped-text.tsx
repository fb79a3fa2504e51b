import { useId, useState } from 'react';
import './clamped-text.css';

/** More than this surely takes more than three lines in a column of a table. */
const longText = 160;

/**
 * What a person wrote, cut after three lines until all of it is asked for.
 * @param what "justification of Erin Vale": completes the button's name
 */
export function ClampedText({ text, what }: { text: string; what: string }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const long = text.length > longText || text.split('\n').length > 3;
  return (
    <div>
      <div id={id} className={long && !open ? 'written clamped' : 'written'}>
        {text}
      </div>
      {long && (
        <button
          type="button"
          className="text-button small"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Show less' : 'Show all'}
          <span className="visually-hidden"> of the {what}</span>
        </button>
      )}
    </div>
  );
}
