import { useFormFieldContext } from '@cloudscape-design/components/contexts/form-field';
import './date-time-input.css';

interface DateTimeInputProps {
  /** local time as `2026-11-24T09:30`, or '' */
  value: string;
  onChange: (value: string) => void;
}

/**
 * Date and time in the viewer's zone, for use in a FormField, which names it.
 * The browser's own control: everybody knows it, keyboards and telephones have the right keys for it.
 */
export function DateTimeInput({ value, onChange }: DateTimeInputProps) {
  const { controlId, ariaLabelledby, ariaDescribedby, invalid } = useFormFieldContext({});
  return (
    <input
      className="date-time-input"
      type="datetime-local"
      id={controlId}
      aria-labelledby={ariaLabelledby}
      aria-describedby={ariaDescribedby}
      aria-invalid={invalid}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
